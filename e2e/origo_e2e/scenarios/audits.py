"""What somebody else changed by hand is found by the audit and put right."""

from collections.abc import Callable

from origo_e2e import check
from origo_e2e.scenario import scenario
from origo_e2e.services import HTTP, HTTPS, Balancer, Service
from origo_e2e.world import World

_AUDIT_SECONDS = 30


@scenario("audit: what was changed by hand is put right", seconds=240)
def drift(world: World) -> None:
    """A listener, a target, a health check, a rule and the whole balancer, one after the other."""
    world.start_origo(audit_interval="2s")
    service = world.published("web", (HTTP, HTTPS))
    balancer = world.balancer(service)
    for what, damage in _damages(world, balancer).items():
        damage()
        check.eventually(lambda: _whole(world, service), _AUDIT_SECONDS, f"{what} repaired")


@scenario("audit: orphans of a Service that is gone are removed")
def orphans(world: World) -> None:
    """The finalizer was taken off by force while the product was away: what carries our mark goes all the same."""
    before = world.account.footprint()
    world.start_origo(audit_interval="2s")
    service = world.published("web")
    world.origo.kill()
    world.cluster.api.patch(service.path, {"metadata": {"finalizers": None}})
    service.delete()
    world.origo.start()
    check.eventually(
        lambda: check.equal(sorted(world.account.footprint() ^ before), [], "difference"),
        _AUDIT_SECONDS,
        "orphans gone",
    )


@scenario("audit: between audits nothing is called")
def quiet(world: World) -> None:
    """A steady state costs no call, however many touch the Service without changing what is wanted."""
    world.start_origo()
    service = world.published("web", (HTTP, HTTPS))
    service.wait_condition("origo.dev/Serving", "True")
    mark = world.proxy.mark()
    world.kubectl("label", "service", service.name, "team=a")
    service.annotate("example.org/note=1")
    check.throughout(lambda: world.usage(mark).none("steady state"), 5)


def _damages(world: World, balancer: Balancer) -> dict[str, Callable[[], object]]:
    elb, ec2 = world.account.elb, world.account.ec2
    groups = {port: group["TargetGroupArn"] for port, group in balancer.target_groups().items()}
    victim = sorted(world.instance_ids())[0]
    return {
        "deleted listener": lambda: elb.delete_listener(ListenerArn=balancer.listeners()[443]["ListenerArn"]),
        "deregistered target": lambda: elb.deregister_targets(TargetGroupArn=groups[80], Targets=[{"Id": victim}]),
        "changed health check": lambda: elb.modify_target_group(TargetGroupArn=groups[80], HealthCheckPath="/else"),
        "revoked rules": lambda: [
            ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=world.account.permissions(group))
            for group in (world.network.node_group, *balancer.security_groups())
            if world.account.permissions(group)
        ],
        "deleted balancer": lambda: elb.delete_load_balancer(LoadBalancerArn=balancer.arn),
    }


def _whole(world: World, service: Service) -> None:
    balancer = world.balancer(service)
    balancer.expect_ports({80, 443})
    balancer.expect_targets(world.instance_ids())
    balancer.expect_health_check()
    balancer.expect_nodes_open(world.network.node_group)
    for port in (80, 443):
        rule = f"tcp {port}-{port} from 0.0.0.0/0"
        check.true(rule in balancer.frontend_rules(), f"rule {rule} is missing")
