"""Bad input: each gets a clear error where the user looks, makes nothing by halves, and is cured by a correction."""

from collections.abc import Callable
from dataclasses import dataclass, field

from origo_e2e import check
from origo_e2e.kubernetes import Json
from origo_e2e.processes import free_port
from origo_e2e.proxy import Fault, Refuse
from origo_e2e.scenario import scenario
from origo_e2e.services import HTTP, HTTPS, Port, Service
from origo_e2e.world import World

_AWS = "service.beta.kubernetes.io/aws-load-balancer-"
_PROXY = {"origo.dev/client-address": "proxy-protocol-v2"}
_TLS_OF_UDP = {
    _AWS + "ssl-cert": "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    _AWS + "ssl-ports": "53",
}


@dataclass(frozen=True)
class _Bad:
    """A Service that cannot be served; reason, code and words that it must be told; and what it is patched with."""

    name: str
    reason: str
    code: str
    words: tuple[str, ...]
    cure: Json
    ports: tuple[Port, ...] = (HTTP,)
    policy: str = "Local"
    annotations: dict[str, str] = field(default_factory=dict)
    spec: Json = field(default_factory=dict)


def _annotation(key: str, value: str | None = None) -> Json:
    return {"metadata": {"annotations": {key: value}}}


_REFUSED = [
    _Bad(
        "malformed-cidr-annotation",
        "InvalidSourceRange",
        "ORIGO-1003",
        ("203.0.113.0/33",),
        _annotation("origo.dev/source-ranges"),
        annotations={"origo.dev/source-ranges": "203.0.113.0/33"},
    ),
    _Bad(
        "unknown-value",
        "InvalidAnnotationValue",
        "ORIGO-1002",
        ("origo.dev/scheme", "sideways"),
        _annotation("origo.dev/scheme"),
        annotations={"origo.dev/scheme": "sideways"},
    ),
    _Bad(
        "name-too-long",
        "InvalidName",
        "ORIGO-1008",
        ("32",),
        _annotation("origo.dev/load-balancer-name"),
        annotations={"origo.dev/load-balancer-name": "a" * 33},
    ),
    _Bad(
        "sctp",
        "UnsupportedProtocol",
        "ORIGO-1004",
        ("SCTP",),
        {"spec": {"ports": [HTTP.spec()]}},
        ports=(Port(80, protocol="SCTP"),),
    ),
    _Bad(
        "proxy-and-local",
        "ProxyProtocolHealthCheckConflict",
        "ORIGO-2006",
        ("Local",),
        {"spec": {"externalTrafficPolicy": "Cluster"}},
        annotations=_PROXY,
    ),
    _Bad(
        "proxy-and-udp",
        "ProxyProtocolNeedsTcp",
        "ORIGO-2007",
        ("UDP",),
        _annotation("origo.dev/client-address"),
        ports=(Port(53, protocol="UDP"),),
        policy="Cluster",
        annotations=_PROXY,
    ),
    _Bad(
        "tls-and-udp",
        "TlsNeedsTcp",
        "ORIGO-1016",
        ("53",),
        {"metadata": {"annotations": dict.fromkeys(_TLS_OF_UDP)}},
        ports=(Port(53, protocol="UDP"),),
        annotations=_TLS_OF_UDP,
    ),
    _Bad(
        "unknown-subnet",
        "SubnetNotFound",
        "ORIGO-3011",
        ("subnet-0000",),
        _annotation(_AWS + "subnets"),
        annotations={_AWS + "subnets": "subnet-0000"},
    ),
]


@scenario("bad input: a Service that cannot be served is told why, and cured", seconds=180)
def refused(world: World) -> None:
    """Condition and event carry the code's reason, nothing is made, a correction is enough."""
    world.start_origo()
    before = world.account.footprint()
    services = [
        (bad, world.apply(bad.name, bad.ports, bad.policy, annotations=bad.annotations, **bad.spec)) for bad in _REFUSED
    ]
    for bad, service in services:
        service.wait_told(bad.reason, bad.code, *bad.words)
    check.equal(sorted(world.account.footprint() ^ before), [], "what was made for refused Services")
    mark = world.proxy.mark()
    check.throughout(lambda: check.equal(world.usage(mark).writes, 0, "writes for a refused Service"), 2)
    for bad, service in services:
        service.patch(bad.cure)
        service.wait_published()
    check.equal(len(world.account.load_balancers()), len(_REFUSED), "load balancers after the cures")
    for _, service in services:
        service.delete()


@scenario("bad input: an edit that is refused leaves the living balancer as it is")
def refused_edit(world: World) -> None:
    """A typo must not take a serving balancer down."""
    world.start_origo()
    service = world.published("web")
    before = world.account.footprint()
    service.annotate("origo.dev/client-address=proxy-protocol-v2")
    service.wait_told("ProxyProtocolHealthCheckConflict", "ORIGO-2006")
    check.equal(sorted(world.account.footprint() ^ before), [], "difference of the account")
    world.balancer(service).expect_targets(world.instance_ids())
    service.hostname()


@scenario("bad input: an unknown annotation is warned of with its nearest match")
def unknown_annotation(world: World) -> None:
    """A typo in a key does not block."""
    world.start_origo()
    service = world.published("web", annotations={"origo.dev/schema": "internal"})
    service.wait_event("UnknownAnnotation", "origo.dev/scheme")


@scenario("bad input: a missing permission is named and its grant ends the wait")
def permission(world: World) -> None:
    """A read, a write and a delete, as both APIs refuse them; the simulator denies every action (DenialTest)."""
    world.start_origo()
    before = world.account.footprint()

    def denied(service: Service, action: str, act: Callable[[], object]) -> None:
        code = "UnauthorizedOperation" if action == "DescribeSubnets" else "AccessDenied"
        refusal = Refuse(code, f"not authorized to perform: {action}", 403)
        world.proxy.faults.append(Fault(refusal, action=action, times=None))
        act()
        service.wait_told("PermissionDenied", "ORIGO-3006", action)
        world.proxy.faults.clear()
        service.annotate("example.org/granted=yes")

    first = world.service("first")
    denied(first, "DescribeSubnets", lambda: world.apply("first"))
    first.wait_published()
    second = world.published("second")
    denied(second, "CreateListener", lambda: second.patch({"spec": {"ports": [HTTP.spec(), HTTPS.spec()]}}))
    check.eventually(lambda: world.balancer(second).expect_ports({80, 443}), 20, "listeners")
    third = world.published("third")
    denied(third, "DeleteTargetGroup", lambda: third.delete(seconds=None))
    check.eventually(lambda: check.true(not third.exists(), "it is still there"), 20, "end of the Service")
    first.delete()
    second.delete()
    check.equal(sorted(world.account.footprint() ^ before), [], "what is left")


@scenario("bad input: expired credentials are told and do not end the process")
def credentials(world: World) -> None:
    """Every call is refused; once they are renewed all goes on."""
    world.start_origo()
    world.proxy.faults.append(Fault(Refuse("ExpiredToken", "The security token is expired", 403), times=None))
    service = world.apply("web")
    service.wait_told("CredentialsRefused", "ORIGO-3009")
    check.true(world.origo.process.running, "the process ended")
    world.proxy.faults.clear()
    service.wait_published(60)


@scenario("bad input: an endpoint that nobody answers at")
def unreachable(world: World) -> None:
    """Told as such, at the Service."""
    world.start_origo(wait=False, endpoint=f"http://127.0.0.1:{free_port()}")
    service = world.apply("web")
    service.wait_told("CloudUnreachable", "ORIGO-3002", seconds=30)
    check.true(world.origo.process.running, "the process ended")


@scenario("bad input: options and kubeconfig that are wrong end the start with a reason")
def options(world: World) -> None:
    """Exit code 2 for a wrong option, 3 for a cluster that cannot be reached; the message names the option."""
    wrong_option = world.start_origo(wait=False, more=("--audit-interval-typo", "1"))
    check.equal(_exit_code(world), 2, "exit code for an unknown option")
    check.true("--audit-interval-typo" in wrong_option.log(), f"the option is not named: {wrong_option.log()}")
    wrong_value = world.start_origo(wait=False, audit_interval="soon")
    check.equal(_exit_code(world), 2, "exit code for a malformed value")
    check.true("--audit-interval" in wrong_value.log(), f"the option is not named: {wrong_value.log()}")
    absent = world.start_origo(wait=False, more=("--kubeconfig", str(world.directory / "absent")))
    check.true(_exit_code(world) in (2, 3), f"exit code for an absent kubeconfig is {absent.process.exit_code}")
    check.true("absent" in absent.log(), f"the kubeconfig is not named: {absent.log()}")


def _exit_code(world: World) -> int | None:
    process = world.origo.process
    check.eventually(lambda: check.true(not process.running, "still running"), 30, "end of the process")
    return process.exit_code
