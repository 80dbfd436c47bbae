"""A Service as its user sees it, and the balancer in the account that belongs to it."""

import json
from dataclasses import dataclass

from origo_e2e import check
from origo_e2e.aws import Account, Json
from origo_e2e.controller import CLASS
from origo_e2e.kubernetes import Api, Kubectl

FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
KUBE_PROXY_HEALTH_PORT = 10256

ACCEPTED = "origo.dev/Accepted"
PROVISIONED = "origo.dev/Provisioned"
SERVING = "origo.dev/Serving"
CLIENT_ADDRESS = "origo.dev/ClientAddress"


@dataclass(frozen=True)
class Port:
    """A port of a Service. Without a node port of its own the API server chooses one."""

    number: int
    target: int = 8080
    protocol: str = "TCP"
    name: str = ""

    def spec(self) -> Json:
        """The entry in spec.ports."""
        name = self.name or f"{self.protocol.lower()}-{self.number}"
        return {"name": name, "port": self.number, "targetPort": self.target, "protocol": self.protocol}


HTTP = Port(80)
HTTPS = Port(443, 8443)


def service_object(name: str, ports: tuple[Port, ...] = (HTTP,), policy: str = "Local", **more: object) -> Json:
    """A Service of our class. `more` is merged into its spec; `annotations` goes to its metadata."""
    annotations = more.pop("annotations", {})
    spec = {
        "type": "LoadBalancer",
        "loadBalancerClass": CLASS,
        "externalTrafficPolicy": policy,
        "selector": {"app": name},
        "ports": [port.spec() for port in ports],
    }
    metadata = {"name": name, "labels": {"app": name}, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec | more}


class Service:
    """A Service by name; each question reads it anew."""

    def __init__(self, api: Api, kubectl: Kubectl, namespace: str, name: str) -> None:
        self._api = api
        self._kubectl = kubectl
        self.namespace = namespace
        self.name = name
        self.path = f"/api/v1/namespaces/{namespace}/services/{name}"

    @property
    def key(self) -> str:
        """Namespace and name, as the product marks things with."""
        return f"{self.namespace}/{self.name}"

    def get(self) -> Json:
        """The object."""
        return self._api.get(self.path)

    def uid(self) -> str:
        """The UID, which the product marks things with."""
        return self.get()["metadata"]["uid"]

    def spec(self) -> Json:
        """The spec."""
        return self.get()["spec"]

    def node_ports(self) -> dict[int, int]:
        """Service port to node port."""
        return {port["port"]: port["nodePort"] for port in self.spec()["ports"]}

    def health_port(self) -> int:
        """The port on each node that tells whether it takes traffic for this Service."""
        spec = self.spec()
        return spec["healthCheckNodePort"] if spec["externalTrafficPolicy"] == "Local" else KUBE_PROXY_HEALTH_PORT

    def ingress(self) -> Json:
        """What is published; fails while there is nothing."""
        ingress = self.get()["status"]["loadBalancer"].get("ingress", [])
        check.true(ingress, f"{self.key} has no address yet; conditions: {self._summary()}")
        check.equal(len(ingress), 1, f"addresses of {self.key}")
        return ingress[0]

    def hostname(self) -> str:
        """The published name; fails while there is none."""
        return self.ingress()["hostname"]

    def wait_published(self, seconds: float = 20) -> str:
        """Waits for an address."""
        return check.eventually(self.hostname, seconds, f"address of {self.key}")

    def condition(self, kind: str) -> Json:
        """One condition; fails if it is absent."""
        conditions = self.get()["status"].get("conditions", [])
        found = [condition for condition in conditions if condition["type"] == kind]
        check.equal(len(found), 1, f"conditions of type {kind} on {self.key} (there are: {self._summary()})")
        return found[0]

    def expect_condition(self, kind: str, status: str) -> Json:
        """Fails unless a condition has this status."""
        condition = self.condition(kind)
        check.equal(condition["status"], status, f"{kind} of {self.key} ({condition.get('message', '')})")
        return condition

    def wait_condition(self, kind: str, status: str, seconds: float = 15) -> Json:
        """Waits until a condition has this status."""
        return check.eventually(lambda: self.expect_condition(kind, status), seconds, f"{kind}={status} on {self.key}")

    def events(self) -> list[Json]:
        """Events about this Service."""
        selector = f"involvedObject.kind%3DService,involvedObject.name%3D{self.name}"
        return self._api.items(f"/api/v1/namespaces/{self.namespace}/events?fieldSelector={selector}")

    def wait_event(self, reason: str, text: str = "", seconds: float = 10) -> Json:
        """Waits for an event with this reason whose message contains `text`."""

        def exists() -> Json:
            events = self.events()
            found = [event for event in events if event["reason"] == reason and text in event["message"]]
            seen = [f"{event['reason']}: {event['message']}" for event in events]
            check.true(found, f"events of {self.key} are {seen}")
            return found[0]

        return check.eventually(exists, seconds, f"event {reason} ({text})")

    def expect_told(self, reason: str, code: str, *words: str) -> Json:
        """Fails unless Accepted or Provisioned is False with this reason and a message with the code and all the words,
        and exactly one event, a warning, tells of it. Returns the condition.
        """
        conditions = self.get()["status"].get("conditions", [])
        found = [
            condition
            for condition in conditions
            if condition["type"] in (ACCEPTED, PROVISIONED)
            and (condition["status"], condition["reason"]) == ("False", reason)
        ]
        check.true(found, f"{self.key}: no condition says {reason}; there are: {self._summary()}")
        for word in (code, *words):
            check.true(word in found[0]["message"], f"'{word}' is not in: {found[0]['message']}")
        events = [event for event in self.events() if event["type"] == "Warning" and code in event["message"]]
        told = [(event["reason"], event["count"]) for event in events]
        check.equal(told, [("SyncLoadBalancerFailed", 1)], f"warnings with {code} about {self.key}")
        return found[0]

    def wait_told(self, reason: str, code: str, *words: str, seconds: float = 15) -> Json:
        """Waits for what `expect_told` expects."""
        return check.eventually(lambda: self.expect_told(reason, code, *words), seconds, f"{reason} told to {self.key}")

    def patch(self, body: Json) -> None:
        """kubectl patch, as the tutorial does it."""
        self._kubectl("patch", "service", self.name, "-n", self.namespace, "--type=merge", "-p", json.dumps(body))

    def annotate(self, *words: str) -> None:
        """kubectl annotate."""
        self._kubectl("annotate", "service", self.name, "-n", self.namespace, "--overwrite", *words)

    def delete(self, seconds: float | None = 20) -> None:
        """kubectl delete; with `seconds`, waits until the object is gone."""
        self._kubectl("delete", "service", self.name, "-n", self.namespace, "--wait=false")
        if seconds is not None:
            check.eventually(self._absent, seconds, f"{self.key} gone")

    def exists(self) -> bool:
        """Whether the object is there."""
        return any(item["metadata"]["name"] == self.name for item in self._api.items(self.path.rsplit("/", 1)[0]))

    def _absent(self) -> None:
        check.true(not self.exists(), f"{self.key} is still there")

    def _summary(self) -> str:
        conditions = self.get()["status"].get("conditions", [])
        return ", ".join(f"{c['type']}={c['status']}/{c['reason']}: {c['message']}" for c in conditions) or "none"


class Balancer:
    """What the account holds for one Service: found by the product's marks, read with boto3."""

    def __init__(self, account: Account, service: Service) -> None:
        self._account = account
        self._service = service
        self._uid = service.uid()
        self.key = service.key

    def load_balancer(self) -> Json:
        """The one load balancer; fails if there is none or more than one."""
        found = [lb for lb in self._account.load_balancers() if self._owns(lb)]
        check.equal(len(found), 1, f"load balancers of {self.key}")
        return found[0]

    @property
    def arn(self) -> str:
        """The load balancer's ARN."""
        return self.load_balancer()["LoadBalancerArn"]

    def listeners(self) -> dict[int, Json]:
        """Listeners by port."""
        return {listener["Port"]: listener for listener in self._account.listeners(self.arn)}

    def target_groups(self) -> dict[int, Json]:
        """Target groups by the Service port whose listener forwards to them; all of ours must be in use."""
        owned = {group["TargetGroupArn"]: group for group in self._account.target_groups() if self._owns(group)}
        used = {port: owned[_forwards_to(listener)] for port, listener in self.listeners().items()}
        check.equal(len(owned), len(used), f"target groups of {self.key}")
        return used

    def targets(self) -> dict[int, dict[str, int]]:
        """By Service port: registered instances and their ports."""
        return {port: self._account.targets(group["TargetGroupArn"]) for port, group in self.target_groups().items()}

    def expect_targets(self, instance_ids: set[str]) -> None:
        """Fails unless each target group holds exactly these instances, at the Service's node port."""
        node_ports = self._service.node_ports()
        for port, targets in self.targets().items():
            expected = dict.fromkeys(instance_ids, node_ports[port])
            check.equal(targets, expected, f"targets behind port {port} of {self.key}")

    def expect_ports(self, ports: set[int]) -> None:
        """Fails unless there is exactly one listener for each of these ports, with a target group of its own."""
        check.equal(set(self.listeners()), ports, f"listeners of {self.key}")
        check.equal(set(self.target_groups()), ports, f"target groups of {self.key}")

    def expect_health_check(self) -> None:
        """Fails unless each target group asks the right port of the nodes, at the pace that the contract names."""
        expected: Json = {
            "HealthCheckProtocol": "HTTP",
            "HealthCheckPort": str(self._service.health_port()),
            "HealthCheckPath": "/healthz",
        }
        if self._service.spec()["externalTrafficPolicy"] == "Local":
            expected |= {
                "HealthCheckIntervalSeconds": 5,
                "HealthCheckTimeoutSeconds": 2,
                "HealthyThresholdCount": 2,
                "UnhealthyThresholdCount": 2,
            }
        for port, group in self.target_groups().items():
            actual = {name: group.get(name) for name in expected}
            check.equal(actual, expected, f"health check behind port {port} of {self.key}")

    def frontend_rules(self) -> list[str]:
        """Inbound rules of all groups that the load balancer is in."""
        return sorted(rule for group in self.security_groups() for rule in self._account.rules(group))

    def security_groups(self) -> list[str]:
        """Groups that the load balancer is in; a balancer without any can never get one."""
        groups = self.load_balancer().get("SecurityGroups", [])
        check.true(groups, f"the load balancer of {self.key} is in no security group")
        return groups

    def expect_nodes_open(self, node_group: str) -> None:
        """Fails unless the nodes admit the balancer, and only it, at every node port and at the health port."""
        rules = self._account.rules(node_group)
        groups = self.security_groups()
        for port in {*self._service.node_ports().values(), self._service.health_port()}:
            check.true(_admits(rules, groups, port), f"nodes do not admit {groups} at {port}; rules: {rules}")
        open_to_all = [rule for rule in rules if "/" in rule]
        check.equal(open_to_all, [], "rules of the node group that name addresses in place of the balancer's group")

    def _owns(self, thing: Json) -> bool:
        return thing["Tags"].get("origo.dev/service") == self.key and thing["Tags"].get("origo.dev/owner") == self._uid


def _forwards_to(listener: Json) -> str:
    return listener["DefaultActions"][0]["TargetGroupArn"]


def _admits(rules: list[str], groups: list[str], port: int) -> bool:
    for rule in rules:
        protocol, ports, _, source = rule.split(" ", 3)
        first, last = ports.split("-", 1)
        if protocol == "tcp" and source in groups and int(first) <= port <= int(last):
            return True
    return False
