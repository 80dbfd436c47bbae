"""The budgets of docs/explanation/performance.md: calls counted on the wire, two TCP ports, policy Local."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from origo_e2e import check
from origo_e2e.proxy import Latency
from origo_e2e.scenario import scenario
from origo_e2e.services import HTTP, HTTPS, SERVING, Service
from origo_e2e.world import World

_PORTS = (HTTP, HTTPS)
_AWS_LATENCY = Latency(read=0.05, write=0.15)

# Longer than node changes are gathered, and than the pause before a fresh balancer is looked at again.
_QUIET_SECONDS = 2.0
_EVENT_SECONDS_MAX = 200
_EFFECT_SECONDS = 15

# Load balancers, target groups, their tags, our security groups, the nodes' security groups, instances.
_SHARED_LISTS = 6

# The aim is 150. How many pages of the start-up cache are resident is the system's to say.
_MEMORY_MAX_MIB = 160

# Pages of the lists that all Services share, and what is made once for all of them.
_SHARED_CALLS_MAX = 30


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


@dataclass(frozen=True)
class _Event:
    """Something that is done to all Services at a time: calls allowed to each, with or without polls, and the aim in
    seconds for all.
    """

    name: str
    calls: int
    aim: float
    act: Callable[[], object]
    done: Callable[[], object]
    polls: bool = False


@scenario("time: 20 Services x 10 nodes, 50 ms a read and 150 ms a write", seconds=300, nodes=10)
def twenty(world: World) -> str:
    """The work that the peers were measured on."""
    return _measure(world, services=20, aims=(2, 2, 1.5, 2, 2))


@scenario("scale: 100 Services x 50 nodes, 50 ms a read and 150 ms a write", seconds=600, nodes=50)
def hundred(world: World) -> str:
    """Peers: create 185 s and 75 s, node added 139 s and 46 s."""
    return _measure(world, services=100, aims=(10, 10, 3, 10, 10))


def _measure(world: World, services: int, aims: tuple[float, ...]) -> str:
    """Seconds are told, not asserted: the machine and the stand-in take part in them. Calls are asserted."""
    world.proxy.latency = _AWS_LATENCY
    world.start_origo()
    names = [f"web-{number}" for number in range(services)]
    flip = {"spec": {"externalTrafficPolicy": "Cluster"}}
    create, restart, node, policy, delete = aims
    events = [
        _Event("create", 14, create, lambda: world.apply_all(names, _PORTS), lambda: _complete(world, services)),
        # One read and one for each target group, which reads its targets' health, and as many for the attributes.
        _Event("restart", 6, restart, lambda: _start_anew(world), lambda: _complete(world, services), polls=True),
        _Event("node added", 2, node, lambda: world.add_nodes(1), lambda: _all_targets(world)),
        _Event("flip", 4, policy, lambda: world.patch_all(names, flip), lambda: _all_checks(world, "10256")),
        _Event("delete", 8, delete, lambda: world.delete_all(names), lambda: _all_gone(services, world)),
    ]
    notes = [_timed(world, services, event) for event in events]
    memory = world.origo.process.rss_peak_mib()
    check.true(memory <= _MEMORY_MAX_MIB, f"memory peaked at {memory} MiB, allowed are {_MEMORY_MAX_MIB}")
    return f"{'; '.join(notes)}; peak of memory {memory} MiB"


def _timed(world: World, services: int, event: _Event) -> str:
    """From before the act to the answer of the last call. Looking meanwhile would slow the stand-in down."""
    mark, computed, started = world.proxy.mark(), world.cloud.process.cpu_seconds(), time.monotonic()
    event.act()
    acted = time.monotonic()
    check.eventually(lambda: _calls_ended(world, mark), _EVENT_SECONDS_MAX, f"{event.name}: end of calls")
    bound = world.cloud.process.cpu_seconds() - computed
    used = world.usage(mark).unshared if event.polls else world.usage(mark).budgeted
    last = max((call.at for call in used.calls), default=acted)
    check.eventually(event.done, _EFFECT_SECONDS, event.name)
    check.true(
        len(used.calls) <= event.calls * services + _SHARED_CALLS_MAX,
        f"{event.name}: {used.detail()} for {services} Services, allowed are {event.calls} each",
    )
    each = f"{len(used.calls) / services:.1f} calls ({used.writes / services:.1f} writes)"
    seconds = f"{max(last, acted) - started:.1f} s (aim {event.aim:g}, the stand-in computed {bound:.1f})"
    return f"{event.name} {seconds}, {each}"


def _calls_ended(world: World, mark: int) -> None:
    calls = world.usage(mark).calls
    check.true(calls, "there was no call yet")
    check.true(time.monotonic() - calls[-1].at > _QUIET_SECONDS, f"{len(calls)} calls and going on")


def _start_anew(world: World) -> None:
    world.origo.stop()
    world.origo.start()


def _complete(world: World, services: int) -> None:
    _all_published(world, services)
    _all_targets(world)


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
    """Two Services with two target groups each: listeners and targets, and the attributes of all; and shared lists.
    Here target health is no poll: it is how the targets are known again.
    """
    world.origo.stop()
    mark = world.proxy.mark()
    world.origo.start()
    world.origo.wait_settled()
    used = world.usage(mark).unshared
    used.within("restart", total=2 * (1 + 2 + 1 + 2) + _SHARED_LISTS, writes=0)
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


def _all_gone(services: int, world: World) -> None:
    left = world.cluster.api.items(f"/api/v1/namespaces/{world.namespace}/services")
    check.equal(len(left), 0, f"Services left of {services}")
    check.equal(world.account.marked(), [], "what still carries our mark")
