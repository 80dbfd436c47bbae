"""What Origo says of the client's address, and what a pod sees of it through the real kube-proxy."""

import dataclasses

from origo_e2e import check, table
from origo_e2e.lab.balancer import PacketBalancer, Recorded, recorded
from origo_e2e.lab.network import BALANCER, CLIENT, Machine, Network, open_network
from origo_e2e.runner import say
from origo_e2e.scenario import scenario
from origo_e2e.services import CLIENT_ADDRESS, Service
from origo_e2e.world import World

_APP = "web"
_KEEPS = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"
_LEAVE_SECONDS = 10
_CONNECTIONS = 6


@dataclasses.dataclass
class _Lab:
    world: World
    network: Network
    service: Service
    balancer: PacketBalancer
    machines: dict[str, Machine]
    rows: list[list[str]] = dataclasses.field(default_factory=list)

    def record(self) -> list[Recorded]:
        return recorded(self.world.account, self.world.balancer(self.service).arn)

    def settled(self, healthy: set[str]) -> dict[str, str]:
        """Balances until exactly these nodes pass the recorded check; gives what each node answers."""

        def look() -> dict[str, str]:
            answers = self.balancer.follow(self.record())[80]
            named = {self.machines[machine].name: answer for machine, answer in answers.items()}
            check.equal({name for name, answer in named.items() if answer == "200"}, healthy, f"healthy of {named}")
            return named

        return check.eventually(look, _LEAVE_SECONDS, f"only {sorted(healthy)} healthy")

    def seen(self) -> set[str]:
        return {self.network.ask(80) for _ in range(_CONNECTIONS)}

    def cell(self, what: str, answers: dict[str, str], seen: set[str]) -> str:
        """A row of the table; gives what Origo says."""
        said = self.service.condition(CLIENT_ADDRESS)["message"]
        health = ", ".join(f"{name} {answer}" for name, answer in sorted(answers.items()))
        self.rows.append([what, self.record()[0].check, health, ", ".join(sorted(seen)), said.split(";")[0]])
        return said


@scenario("lab: packet delivery through the real kube-proxy", seconds=120, nodes=0)
def packets(world: World) -> str:
    """The pod sees the client with policy Local, a node with Cluster, the balancer where the client is not kept: each
    time what the condition says. Packets get a new destination by nftables, from what is on record and nothing else.
    """
    with open_network() as network:
        lab = _open(world, network)
        _pod(world, "one", network.machines[0])

        answers = lab.settled({"node-1"})
        seen = check.eventually(lambda: _all(lab, {CLIENT}), 5, "the client's address")
        said = lab.cell("Local", answers, seen)
        check.true(said.startswith("Preserved: delivery forwards, carrier packet"), said)

        lab.service.patch({"spec": {"externalTrafficPolicy": "Cluster"}})
        lab.service.wait_condition(CLIENT_ADDRESS, "False")
        answers = lab.settled({machine.name for machine in network.machines})
        nodes = {address for machine in network.machines for address in (machine.address, machine.inside)}
        seen = check.eventually(lambda: _none_but(lab, nodes), 5, "nodes' addresses")
        check.true(len(seen) > 1, f"one node alone takes connections: {seen}")
        said = lab.cell("Cluster", answers, seen)
        check.true(said.startswith("Lost: delivery forwards, carrier packet; the application sees the node"), said)

        lab.service.patch({"spec": {"externalTrafficPolicy": "Local"}})
        lab.service.wait_condition(CLIENT_ADDRESS, "True")
        world.kubectl("delete", "pod", "one", "--grace-period=0", "--force")
        _pod(world, "two", network.machines[1])
        answers = lab.settled({"node-2"})
        seen = check.eventually(lambda: _all(lab, {CLIENT}), 5, "the client's address")
        lab.cell("Local, pod moved", answers, seen)

        lab.service.annotate(f"{_KEEPS}=preserve_client_ip.enabled=false")
        check.eventually(lambda: check.true(not lab.record()[0].keeps_client, "it is kept"), 10, "on record")
        answers = lab.settled({"node-2"})
        seen = check.eventually(lambda: _all(lab, {"192.0.2.1"}), 5, "the balancer's address")
        lab.service.wait_condition(CLIENT_ADDRESS, "False")
        said = lab.cell("Local, client not kept", answers, seen)
        check.true(said.startswith("Lost: "), said)
        check.true("the application sees the balancer" in said, said)

        titles = ["policy", "check on port", "answers", "the pod sees", "Origo says"]
        say(f"\nclient {CLIENT}, balancer {BALANCER}\n{table.render(titles, lab.rows)}\n")
    return f"the pod sees {CLIENT}"


def _open(world: World, network: Network) -> _Lab:
    instances = world.network.launch(len(network.machines))
    placed = [
        dataclasses.replace(instance, address=machine.address)
        for instance, machine in zip(instances, network.machines, strict=True)
    ]
    check.equal(world.nodes.add(*placed), [machine.name for machine in network.machines], "names of the nodes")
    network.start_kube_proxies(world.programs, world.cluster, world.directory)
    world.start_origo()
    service = world.published(_APP)
    machines = {instance.id: machine for instance, machine in zip(instances, network.machines, strict=True)}
    addresses = {machine: node.address for machine, node in machines.items()}
    return _Lab(world, network, service, PacketBalancer(network.balancer, BALANCER, addresses), machines)


def _pod(world: World, name: str, machine: Machine) -> None:
    """A pod of the Service on this node, running and ready."""
    path = f"/api/v1/namespaces/{world.namespace}/pods"
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": _APP}},
        "spec": {"nodeName": machine.name, "containers": [{"name": "echo", "image": "echoserver:1.10"}]},
    }
    check.eventually(lambda: world.cluster.api.create(path, body), 10, "the namespace's service account")
    world.pods.call_ready(name, machine.pod_address)


def _all(lab: _Lab, addresses: set[str]) -> set[str]:
    seen = lab.seen()
    check.equal(seen, addresses, "what the pod sees")
    return seen


def _none_but(lab: _Lab, addresses: set[str]) -> set[str]:
    seen = lab.seen()
    check.equal(seen - addresses, set(), "what else the pod sees")
    return seen
