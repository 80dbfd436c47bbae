"""Which nodes take part, and that only deltas are sent."""

from collections.abc import Callable

from origo_e2e import check
from origo_e2e.nodes import AUTOSCALER_TAINT, EXCLUDE_LABEL, node_object
from origo_e2e.scenario import scenario
from origo_e2e.services import HTTP, HTTPS, Service
from origo_e2e.world import World

_EFFECT_SECONDS = 15


@scenario("nodes: excluded by label, tainted by the autoscaler, and back")
def excluded(world: World) -> None:
    """Both take a node out, and both ways lead back: the taint's removal is noticed too."""
    world.start_origo()
    service = world.published("web", (HTTP, HTTPS))
    node = sorted(world.nodes.instances)[0]
    changes: list[tuple[str, Callable[[], None], bool]] = [
        ("label", lambda: world.nodes.label(node, EXCLUDE_LABEL, ""), False),
        ("label removed", lambda: world.nodes.label(node, EXCLUDE_LABEL, None), True),
        ("taint", lambda: world.nodes.taint(node, AUTOSCALER_TAINT), False),
        ("taint removed", lambda: world.nodes.taint(node), True),
    ]
    for what, change, takes_part in changes:
        mark = world.proxy.mark()
        change()
        ids = world.instance_ids() if takes_part else world.instance_ids(node)
        _wait_targets(world, service, ids, what)
        world.usage(mark).budgeted.within(what, total=2 + 1, writes=2)


@scenario("nodes: not ready or cordoned stay in, the checks drain them")
def not_ready(world: World) -> None:
    """Neither causes a call."""
    world.start_origo()
    service = world.published("web")
    _settle(world, service)
    first, second, _ = sorted(world.nodes.instances)
    mark = world.proxy.mark()
    world.nodes.ready(first, False)
    world.cluster.kubectl("cordon", second)
    check.throughout(lambda: world.usage(mark).budgeted.none("not ready and cordoned"), 3)
    world.balancer(service).expect_targets(world.instance_ids())


@scenario("nodes: without or with a foreign providerID are left out and named")
def without_instance(world: World) -> None:
    """The others serve; events say which nodes do not take part and why."""
    api = world.cluster.api
    api.create("/api/v1/nodes", node_object("node-without-id", None, "10.9.9.1", "us-east-1a"))
    api.create("/api/v1/nodes", node_object("node-foreign", "gce://project/zone/node-foreign", "10.9.9.2", "z"))
    world.start_origo()
    service = world.published("web")
    world.balancer(service).expect_targets(world.instance_ids())
    service.wait_event("NodeWithoutProviderId", "node-without-id")
    service.wait_event("ForeignProviderId", "node-foreign")


@scenario("nodes: none at first, the balancer waits for them", nodes=0)
def none_at_first(world: World) -> None:
    """A cluster without nodes is told so; the first node is enough to go on."""
    world.start_origo()
    service = world.apply("web")
    service.wait_event("NoEligibleNode")
    world.add_nodes(1)
    service.wait_published()
    _wait_targets(world, service, world.instance_ids(), "the first node")


def _wait_targets(world: World, service: Service, ids: set[str], what: str) -> None:
    balancer = world.balancer(service)
    check.eventually(lambda: balancer.expect_targets(ids), _EFFECT_SECONDS, f"targets after {what}")


def _settle(world: World, service: Service) -> None:
    _wait_targets(world, service, world.instance_ids(), "creation")
