"""The budgets of design.md, section 6: calls counted on the wire, for a Service with two TCP ports and policy Local."""

import time
from collections.abc import Callable

from origo_e2e import check
from origo_e2e.proxy import Latency
from origo_e2e.scenario import scenario
from origo_e2e.services import HTTP, HTTPS, SERVING, Service
from origo_e2e.world import World

_PORTS = (HTTP, HTTPS)
_AWS_LATENCY = Latency(read=0.05, write=0.15)


@scenario("budget: create 14 (10 writes), flip 4, node 2, delete 8 (5), restart and steady state", seconds=120)
def per_service(world: World) -> str:
    """Shared look-ups are warm because another Service has been made before."""
    world.start_origo()
    world.published("warm", _PORTS).wait_condition(SERVING, "True")
    notes = []

    def measured(what: str, total: int, writes: int, act: Callable[[], object]) -> None:
        mark = world.proxy.mark()
        act()
        used = world.usage(mark).budgeted
        used.within(what, total, writes)
        notes.append(f"{what} {used}")

    service = world.service("web")
    measured("create", 14, 10, lambda: world.published("web", _PORTS))
    service.wait_condition(SERVING, "True")
    measured("steady state", 0, 0, lambda: check.throughout(lambda: None, 3))
    measured("flip", 4, 4, lambda: _flip(world, service, "Cluster"))
    measured("flip back", 4, 4, lambda: _flip(world, service, "Local"))
    # Two Services with two target groups each, and one DescribeInstances for the batch.
    measured("node added", 4 + 1, 4, lambda: _add_node(world, service))
    measured("node removed", 4 + 1, 4, lambda: _remove_node(world, service))
    notes.append(_restart(world))
    measured("delete", 8, 5, lambda: service.delete())
    return ", ".join(notes)


@scenario("time: 20 Services x 10 nodes, 50 ms a read and 150 ms a write", seconds=300, nodes=10)
def twenty(world: World) -> str:
    """The work that the peers were measured on; the aims are 2 s for each event, 1.5 s for a node."""
    return _measure(world, services=20, seconds=60)


@scenario("scale: 100 Services x 50 nodes, 50 ms a read and 150 ms a write", seconds=600, nodes=50)
def hundred(world: World) -> str:
    """Peers: create 185 s and 75 s, node added 139 s and 46 s; the aims are 10 s and 3 s."""
    return _measure(world, services=100, seconds=200)


def _measure(world: World, services: int, seconds: float) -> str:
    world.proxy.latency = _AWS_LATENCY
    world.start_origo()
    names = [f"web-{number}" for number in range(services)]
    all_services = [world.service(name) for name in names]
    notes = []

    def timed(what: str, per_service: int | None, act: Callable[[], object], done: Callable[[], object]) -> None:
        mark = world.proxy.mark()
        started = time.monotonic()
        act()
        acted = time.monotonic()
        check.eventually(done, seconds, what)
        last = max((call.at for call in world.usage(mark).calls), default=acted)
        used = world.usage(mark).budgeted
        if per_service is not None:
            allowed = per_service * services + len(world.nodes.instances)
            check.true(
                len(used.calls) <= allowed, f"{what}: {used.detail()} for {services} Services, allowed {allowed}"
            )
        each = len(used.calls) / services
        notes.append(
            f"{what} {max(last, acted) - started:.1f} s, {each:.1f} calls ({used.writes / services:.1f} writes)"
        )

    timed("create", 14, lambda: world.apply_all(names, _PORTS), lambda: _all_published(world, services))
    check.eventually(lambda: _all_targets(world), seconds, "all targets registered")
    timed("node added", 3, lambda: world.add_nodes(1), lambda: _all_targets(world))
    flip = {"spec": {"externalTrafficPolicy": "Cluster"}}
    timed("flip", 4, lambda: world.patch_all(names, flip), lambda: _all_checks(world, "10256"))
    timed("delete", 8, lambda: world.delete_all(names), lambda: _all_gone(all_services, world))
    return f"{'; '.join(notes)}; RSS {world.origo.process.rss_mib() if world.origo.process.running else 0} MiB"


def _flip(world: World, service: Service, policy: str) -> None:
    service.patch({"spec": {"externalTrafficPolicy": policy}})
    balancer = world.balancer(service)
    check.eventually(balancer.expect_health_check, 15, "health check")
    check.eventually(lambda: balancer.expect_nodes_open(world.network.node_group), 15, "rules")
    # The revoking wave comes last; without it the count would be too good.
    check.throughout(lambda: None, 1)


def _add_node(world: World, service: Service) -> None:
    world.add_nodes(1)
    _wait_targets(world, service)


def _remove_node(world: World, service: Service) -> None:
    world.nodes.remove(sorted(world.nodes.instances)[-1])
    _wait_targets(world, service)


def _wait_targets(world: World, service: Service) -> None:
    for one in (service, world.service("warm")):
        balancer = world.balancer(one)
        check.eventually(lambda b=balancer: b.expect_targets(world.instance_ids()), 15, "targets")


def _restart(world: World) -> str:
    """Two Services with two target groups each, and four shared lists; here target health is no poll but the memory."""
    world.origo.stop()
    mark = world.proxy.mark()
    world.origo.start()
    world.origo.wait_settled()
    used = world.usage(mark).unshared
    used.within("restart", total=2 * (1 + 2) + 4, writes=0)
    return f"restart {used}"


def _all_published(world: World, count: int) -> None:
    services = world.cluster.api.items(f"/api/v1/namespaces/{world.namespace}/services")
    published = [service for service in services if service["status"]["loadBalancer"].get("ingress")]
    check.equal(len(published), count, "published Services")


def _all_targets(world: World) -> None:
    ids = world.instance_ids()
    for group in world.account.target_groups():
        check.equal(set(world.account.targets(group["TargetGroupArn"])), ids, f"targets of {group['TargetGroupName']}")


def _all_checks(world: World, port: str) -> None:
    ports = {group["HealthCheckPort"] for group in world.account.target_groups()}
    check.equal(ports, {port}, "ports of the health checks")


def _all_gone(services: list[Service], world: World) -> None:
    left = world.cluster.api.items(f"/api/v1/namespaces/{world.namespace}/services")
    check.equal(len(left), 0, f"Services left of {len(services)}")
    check.equal(world.account.marked(), [], "what still carries our mark")
