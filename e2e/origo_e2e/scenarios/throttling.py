"""An endpoint that throttles: nothing is lost, doubled or left behind, and the rate that it allows is used."""

import time
from collections.abc import Callable

from origo_e2e import check
from origo_e2e.proxy import Bucket, Latency, Throttle
from origo_e2e.scenario import scenario
from origo_e2e.services import HTTP, HTTPS
from origo_e2e.world import World

_SERVICES = 20
_PORTS = (HTTP, HTTPS)
_LATENCY = Latency(read=0.05, write=0.15)
_SHARE_MIN = 0.8  # the aim is 0.9; the rest is for a machine that does something else, too


@scenario("throttled: 20 Services at a fixed rate, 8 reads/s and 3 writes/s", seconds=150)
def fixed_rate(world: World) -> str:
    """Peers for the creates: 55 s (cloud-provider-aws), 60 s (aws-load-balancer-controller)."""
    before = world.account.footprint()
    world.proxy.latency = _LATENCY
    world.start_origo()
    world.origo.wait_settled()
    world.proxy.throttle = Throttle(read=Bucket(8, burst=40), write=Bucket(3, burst=20))
    names = [f"web-{number}" for number in range(_SERVICES)]
    created = _timed(world, "create", lambda: world.apply_all(names, _PORTS), lambda: _published(world, names))
    check.equal(len(world.account.load_balancers()), _SERVICES, "load balancers")
    for name in names:
        balancer = world.balancer(world.service(name))
        balancer.expect_ports({port.number for port in _PORTS})
        balancer.expect_targets(world.instance_ids())
    deleted = _timed(world, "delete", lambda: world.delete_all(names), lambda: _gone(world))
    check.equal(sorted(world.account.footprint() ^ before), [], "what is left")
    return f"{created}; {deleted}"


def _timed(world: World, what: str, act: Callable[[], object], done: Callable[[], object]) -> str:
    """From the act until it is done, against what the endpoint lets through in that time."""
    read, write = world.proxy.throttle.read, world.proxy.throttle.write
    reads_at_once, writes_at_once = read.level(), write.level()
    mark, started = world.proxy.mark(), time.monotonic()
    act()
    check.eventually(done, 100, what)
    took = time.monotonic() - started
    used = world.usage(mark).accepted
    refused = len(world.usage(mark).calls) - len(used.calls)
    least = max((used.writes - writes_at_once) / write.per_second, (used.reads - reads_at_once) / read.per_second)
    note = f"{what} {took:.1f} s, the rate allows {least:.1f}: {used.detail()}, {refused} throttled"
    check.true(took <= least / _SHARE_MIN, note)
    return note


def _published(world: World, names: list[str]) -> None:
    """Asked of the API server alone: looks at the stand-in would slow it down."""
    services = world.cluster.api.items(f"/api/v1/namespaces/{world.namespace}/services")
    published = [service for service in services if service["status"]["loadBalancer"].get("ingress")]
    check.equal(len(published), len(names), "published Services")


def _gone(world: World) -> None:
    left = world.cluster.api.items(f"/api/v1/namespaces/{world.namespace}/services")
    check.equal(len(left), 0, "Services left")
