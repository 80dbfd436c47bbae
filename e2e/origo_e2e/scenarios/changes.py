"""Edits of a living Service: ports, type, source ranges, scheme."""

from origo_e2e import check
from origo_e2e.controller import CLASS
from origo_e2e.kubernetes import Json
from origo_e2e.scenario import scenario
from origo_e2e.services import FINALIZER, HTTP, HTTPS, Port, Service
from origo_e2e.world import World

_EFFECT_SECONDS = 15
_REPLACEMENT_SECONDS = 60


@scenario("ports: two on one balancer, one more, one less (C1)")
def ports(world: World) -> None:
    """Ports come and go on the same balancer, and the node ports of the others stay as they are."""
    world.start_origo()
    service = world.published("web", (HTTP, HTTPS))
    balancer = world.balancer(service)
    arn, name = balancer.arn, service.hostname()
    balancer.expect_ports({80, 443})
    balancer.expect_targets(world.instance_ids())
    node_ports = service.node_ports()

    _set_ports(service, HTTP, HTTPS, Port(9000))
    check.eventually(lambda: balancer.expect_ports({80, 443, 9000}), _EFFECT_SECONDS, "third port")
    check.eventually(lambda: _complete(world, service), _EFFECT_SECONDS, "third port open and with targets")
    _set_ports(service, HTTP, HTTPS)
    check.eventually(lambda: balancer.expect_ports({80, 443}), _EFFECT_SECONDS, "third port gone")
    check.eventually(lambda: _complete(world, service), _EFFECT_SECONDS, "rules and targets of two ports")
    check.eventually(
        lambda: check.true(not _opened(balancer.frontend_rules(), 9000), "port 9000 is still open"),
        _EFFECT_SECONDS,
        "port 9000 closed",
    )
    check.equal(service.node_ports(), node_ports, "node ports of the ports that stayed")
    check.equal((balancer.arn, service.hostname()), (arn, name), "balancer and name")


@scenario("type: NodePort to LoadBalancer and back (C2)")
def type_change(world: World) -> None:
    """Changing the type allocates a balancer; changing it back releases it and the Service lives on."""
    before = world.account.footprint()
    world.start_origo()
    service = world.apply("web", type="NodePort", loadBalancerClass=None)
    node_ports = service.node_ports()
    for released in ("NodePort", "ClusterIP"):
        service.patch({"spec": {"type": "LoadBalancer", "loadBalancerClass": CLASS}})
        service.wait_published()
        check.equal(service.node_ports(), node_ports, "node ports after becoming a LoadBalancer")
        _complete(world, service)
        service.patch({"spec": _released(released)})
        check.eventually(lambda: _nothing_left(world, service, before), 20, f"nothing left after becoming {released}")
        check.true(service.exists(), "the Service is gone")
        node_ports = service.node_ports() if released == "NodePort" else {}


@scenario("source ranges: set, changed, removed")
def source_ranges(world: World) -> None:
    """The balancer's own group admits exactly the ranges; the nodes admit the balancer whatever they are."""
    world.start_origo()
    service = world.published("web")
    for ranges in (["203.0.113.0/24", "198.51.100.7/32"], ["203.0.113.0/24"], None):
        service.patch({"spec": {"loadBalancerSourceRanges": ranges}})
        expected = sorted(f"tcp 80-80 from {source}" for source in ranges or ["0.0.0.0/0"])
        check.eventually(
            lambda expected=expected: check.equal(
                _opened(world.balancer(service).frontend_rules(), 80), expected, "rules"
            ),
            _EFFECT_SECONDS,
            f"rules for {ranges}",
        )
        world.balancer(service).expect_nodes_open(world.network.node_group)


@scenario("scheme: internet-facing to internal replaces the balancer", seconds=120)
def scheme(world: World) -> None:
    """A scheme cannot be changed in place: the new balancer stands, is published, then the old one goes."""
    world.start_origo()
    service = world.published("web")
    old = world.balancer(service).arn
    service.annotate("origo.dev/scheme=internal")
    check.eventually(lambda: _replaced(world, service, old), _REPLACEMENT_SECONDS, "internal balancer in its place")
    zones = {zone["SubnetId"] for zone in world.balancer(service).load_balancer()["AvailabilityZones"]}
    check.equal(zones, set(world.network.private_subnets.values()), "subnets of the internal balancer")
    _complete(world, service)


def _set_ports(service: Service, *ports: Port) -> None:
    """Replaces the ports as an edit would: those that stay keep their node port, which is named in the object."""
    present = {port["port"]: port for port in service.spec()["ports"]}
    service.patch({"spec": {"ports": [present.get(port.number, port.spec()) for port in ports]}})


def _complete(world: World, service: Service) -> None:
    balancer = world.balancer(service)
    balancer.expect_targets(world.instance_ids())
    balancer.expect_health_check()
    balancer.expect_nodes_open(world.network.node_group)


def _released(kind: str) -> Json:
    """What a user has to write to make another type of it: the fields that only a LoadBalancer may have go too."""
    spec: Json = {"type": kind, "loadBalancerClass": None}
    if kind == "ClusterIP":
        spec |= {"externalTrafficPolicy": None, "healthCheckNodePort": None}
    return spec


def _nothing_left(world: World, service: Service, before: frozenset[str]) -> None:
    check.equal(sorted(world.account.footprint() ^ before), [], "difference of the account to before")
    found = service.get()
    check.equal(found["status"].get("loadBalancer", {}), {}, "status.loadBalancer")
    check.true(FINALIZER not in found["metadata"].get("finalizers", []), "the finalizer is still there")


def _opened(rules: list[str], port: int) -> list[str]:
    return [rule for rule in rules if rule.startswith(f"tcp {port}-{port} ")]


def _replaced(world: World, service: Service, old: str) -> None:
    balancer = world.balancer(service)
    load_balancer = balancer.load_balancer()
    check.true(load_balancer["LoadBalancerArn"] != old, "the old balancer is still the one")
    check.equal(load_balancer["Scheme"], "internal", "scheme")
    check.equal(service.hostname(), load_balancer["DNSName"].lower(), "published name")
    balancer.target_groups()
