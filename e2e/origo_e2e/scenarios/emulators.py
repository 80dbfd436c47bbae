"""The same main job against the other, sloppier stand-in: whatever answers like AWS is good enough."""

from origo_e2e import check
from origo_e2e.scenario import scenario
from origo_e2e.services import HTTP, HTTPS
from origo_e2e.world import World


@scenario("ministack: create, flip, node, ports, delete", emulator="ministack")
def smoke(world: World) -> None:
    """Its zones, rules between groups and not-found answers differ from AWS, so only what it keeps is looked at."""
    before = world.account.footprint()
    world.start_origo()
    service = world.published("web", (HTTP, HTTPS), policy="Cluster")
    balancer = world.balancer(service)
    balancer.expect_ports({80, 443})
    balancer.expect_targets(world.instance_ids())
    balancer.expect_health_check()
    service.patch({"spec": {"externalTrafficPolicy": "Local"}})
    check.eventually(balancer.expect_health_check, 15, "health check after the flip")
    world.add_nodes(1)
    check.eventually(lambda: balancer.expect_targets(world.instance_ids()), 15, "the new node as target")
    service.patch({"spec": {"ports": [HTTP.spec()]}})
    check.eventually(lambda: balancer.expect_ports({80}), 15, "one port less")
    service.delete()
    check.equal(world.account.marked(), [], "what still carries our mark")
    check.equal(sorted(world.account.footprint() ^ before), [], "difference of the account to before")
