"""`origo run --provider localstack`: records at an emulator that others wrote, and traffic on this machine."""

import re

from origo_e2e import check
from origo_e2e.lab.namespaces import Namespace
from origo_e2e.loopback import LoopbackNode, add_nodes
from origo_e2e.processes import listening
from origo_e2e.scenario import scenario
from origo_e2e.services import ACCEPTED, CLIENT_ADDRESS, PROVISIONED, SERVING, Service
from origo_e2e.tools import run
from origo_e2e.world import World

_CLIENT = "127.0.0.77"
_SOON = 20
_NO_VPC = "the endpoint has no VPC"


def _start(world: World, *more: str, audit_interval: str = "10m") -> None:
    world.start_origo(provider="localstack", vpc="", audit_interval=audit_interval, more=more)


def _nodes(world: World, count: int = 2) -> list[LoopbackNode]:
    return add_nodes(world.cluster.api, count, world.processes)


def _answering(service: Service, nodes: list[LoopbackNode]) -> str:
    """Has the nodes answer on the Service's ports; gives its address, once it has one on this machine."""
    ports = {*service.node_ports().values(), service.health_port()} - {10256}
    for node in nodes:
        for port in ports:
            node.serve(port)
    ingress = check.eventually(service.ingress, _SOON, "an address")
    address = ingress["ip"]
    check.true(address.startswith("127.77."), f"the address is {address}")
    check.equal(ingress["ipMode"], "Proxy", "ipMode")
    return address


def _ask(address: str) -> dict[str, str]:
    command = ["curl", "-sS", "--noproxy", "*", "--max-time", "5", "--interface", _CLIENT, f"http://{address}/"]
    return dict(re.findall(r"(?m)^(\w+)=(.*)$", run(command)))


def _sees(address: str, **facts: str) -> None:
    answer = _ask(address)
    check.equal({fact: answer[fact] for fact in facts}, facts, "what the node sees")


def _without_networks(world: World) -> None:
    """Takes away every VPC with all that is in it."""
    ec2 = world.account.ec2
    for gateway in ec2.describe_internet_gateways()["InternetGateways"]:
        for attachment in gateway["Attachments"]:
            ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=attachment["VpcId"])
    for table in ec2.describe_route_tables()["RouteTables"]:
        for association in table["Associations"]:
            if not association.get("Main"):
                ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
        if not any(association.get("Main") for association in table["Associations"]):
            ec2.delete_route_table(RouteTableId=table["RouteTableId"])
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for group in world.account.security_groups():
        if group["GroupName"] != "default":
            ec2.delete_security_group(GroupId=group["GroupId"])
    for vpc in ec2.describe_vpcs()["Vpcs"]:
        ec2.delete_vpc(VpcId=vpc["VpcId"])


@scenario("localstack: moto without a network is set up, and connections arrive", seconds=120, nodes=0)
def from_nothing(world: World) -> None:
    """First it may not make a network, and says so; then it may. All modes, and a node that fails its checks."""
    _without_networks(world)
    nodes = _nodes(world)
    _start(world, "--localstack-bootstrap", "false")
    service = world.apply("web", policy="Local")
    told = service.wait_condition(PROVISIONED, "False")
    for word in (_NO_VPC, "--localstack-bootstrap true"):
        check.true(word in told["message"], f"'{word}' is not in: {told['message']}")
    check.equal(world.account.ec2.describe_vpcs()["Vpcs"], [], "VPCs")
    world.origo.stop()

    _start(world)
    address = _answering(service, nodes)
    check.eventually(lambda: _sees(address, client_address=_CLIENT), _SOON, "policy Local")
    check.true("is moto; it carries no traffic" in world.origo.log(), "the log does not say what was found")
    said = service.wait_condition(CLIENT_ADDRESS, "True")["message"]
    check.true(said.startswith("Preserved: "), said)
    targets = world.balancer(service).targets()[80]
    check.equal(set(targets), {node.address for node in nodes}, "targets on record")

    service.wait_condition(SERVING, "True")
    nodes[0].healthy = False
    check.eventually(lambda: _only(address, nodes[1]), 10, "the failing node gets nothing")
    nodes[0].healthy = True
    check.eventually(lambda: _both(address, nodes), 10, "it is back")

    service.annotate("origo.dev/client-address=proxy-protocol-v2")
    service.patch({"spec": {"externalTrafficPolicy": "Cluster"}})
    check.eventually(lambda: _sees(address, proxied=_CLIENT), _SOON, "the PROXY header")
    check.true(service.wait_condition(CLIENT_ADDRESS, "True")["message"].startswith("InHeader: "), "the verdict")
    service.annotate("origo.dev/client-address=forwarded-header")
    check.eventually(lambda: _sees(address, forwarded=_CLIENT, proxied=""), _SOON, "X-Forwarded-For")
    service.annotate("origo.dev/client-address=none")
    check.eventually(lambda: _sees(address, forwarded="", proxied=""), _SOON, "neither")
    check.true(_ask(address)["client_address"] != _CLIENT, "the client is seen all the same")
    check.true(service.wait_condition(CLIENT_ADDRESS, "False")["message"].startswith("Lost: "), "the verdict")
    service.delete()
    check.equal(world.account.marked(), [], "what carries our mark")


@scenario("localstack: ministack, and connections arrive", seconds=60, nodes=0, emulator="ministack")
def at_ministack(world: World) -> None:
    """The same, shorter."""
    nodes = _nodes(world)
    _start(world)
    service = world.apply("web", policy="Local")
    address = _answering(service, nodes)
    check.eventually(lambda: _sees(address, client_address=_CLIENT), _SOON, "policy Local")
    check.true("is MiniStack; it carries no traffic" in world.origo.log(), "the log does not say what was found")
    service.delete()
    check.equal(world.account.marked(), [], "what carries our mark")


@scenario("localstack: a node that is not on loopback, as kind's", seconds=90, nodes=0)
def elsewhere(world: World) -> None:
    """Without root no packet can keep the client's address on the way there, and the condition says so; headers can."""
    far = Namespace("kind")
    world.processes.callback(far.close)
    run(["ip", "link", "add", "origo-kind", "type", "veth", "peer", "name", "eth0", "netns", far.name])
    run(["ip", "address", "add", "198.18.77.1/24", "dev", "origo-kind"])
    run(["ip", "link", "set", "origo-kind", "up"])
    far.address("eth0", "198.18.77.11/24")
    node = LoopbackNode("kind-worker", "198.18.77.11", world.processes, far.listen)
    world.cluster.api.create("/api/v1/nodes", node.object())
    _start(world)
    service = world.apply("web", policy="Local")
    address = _answering(service, [node])
    check.eventually(lambda: _sees(address, client_address="198.18.77.1"), _SOON, "connections")
    told = service.wait_condition(CLIENT_ADDRESS, "False")["message"]
    for word in ("Lost: ", "ORIGO-2003"):
        check.true(word in told, f"'{word}' is not in: {told}")
    check.eventually(lambda: _told_of(service, "ORIGO-2016"), _SOON, "why packets cannot keep it")
    for wish, fact in (("proxy-protocol-v1", {"proxied": _CLIENT}), ("forwarded-header", {"forwarded": _CLIENT})):
        service.annotate(f"origo.dev/client-address={wish}")
        check.eventually(lambda f=fact: _sees(address, **f), _SOON, wish)
        check.true(service.wait_condition(CLIENT_ADDRESS, "True")["message"].startswith("InHeader: "), wish)


def _told_of(service: Service, code: str) -> None:
    said = [condition["message"] for condition in service.get()["status"]["conditions"]]
    said += [event["message"] for event in service.events()]
    check.true(any(code in text for text in said), f"{code} is in none of {said}")


@scenario("localstack: the emulator comes back empty", seconds=120, nodes=0)
def comes_back_empty(world: World) -> str:
    """Killed and started anew: connections go on, the addresses stay, the records are made again, once each."""
    nodes = _nodes(world)
    _start(world, audit_interval="2s")
    services = [world.apply(name) for name in ("one", "two")]
    addresses = [_answering(service, nodes) for service in services]
    for address in addresses:
        check.eventually(lambda a=address: _sees(a, client_address=_CLIENT), _SOON, "connections")
    world.cloud.stop()

    def serve() -> None:
        for address in addresses:
            _sees(address, client_address=_CLIENT)

    check.throughout(serve, 5)
    world.cloud.start()
    world.cloud.wait_ready()
    check.equal(world.account.load_balancers(), [], "balancers of an emulator that has just been started")

    def restored() -> None:
        serve()
        for service, address in zip(services, addresses, strict=True):
            check.equal(service.ingress()["ip"], address, "the address")
            check.equal(set(world.balancer(service).targets()[80]), {n.address for n in nodes}, "targets on record")
        check.equal(len(world.account.load_balancers()), 2, "balancers")

    check.eventually(restored, 30, "all is on record again")
    for service in services:
        service.wait_condition(PROVISIONED, "True")
        service.delete()
    check.equal(world.account.marked(), [], "what carries our mark")
    return "2 Services"


@scenario("localstack: a new process serves at the same address and leaves nothing", seconds=90, nodes=0)
def restart(world: World) -> None:
    """A restart writes nothing; SIGTERM closes every port; wrong options say what is wrong."""
    nodes = _nodes(world)
    _start(world)
    service = world.apply("web")
    address = _answering(service, nodes)
    check.eventually(lambda: _sees(address, client_address=_CLIENT), _SOON, "connections")
    service.wait_condition(SERVING, "True")
    before = world.origo.process.listening()
    check.equal(world.origo.stop(), 0, "exit code")
    check.equal(before & listening(), set(), "addresses that are still listened on")
    mark = world.proxy.mark()
    _start(world)
    check.eventually(lambda: _sees(address, client_address=_CLIENT), _SOON, "connections after the restart")
    world.origo.wait_settled()
    check.equal(world.usage(mark).writes, 0, "writes of the restart")
    check.equal(service.ingress()["ip"], address, "the address after the restart")
    service.wait_condition(ACCEPTED, "True")


def _only(address: str, node: LoopbackNode) -> None:
    check.equal({_ask(address)["node"] for _ in range(8)}, {node.name}, "who answers")


def _both(address: str, nodes: list[LoopbackNode]) -> None:
    check.equal({_ask(address)["node"] for _ in range(8)}, {node.name for node in nodes}, "who answers")
