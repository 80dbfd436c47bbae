"""Node objects in place of kubelets: the API's view of a machine, which is all that a controller ever sees of it."""

from origo_e2e.aws import Instance
from origo_e2e.kubernetes import Api, Json

EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers"
AUTOSCALER_TAINT = {"key": "ToBeDeletedByClusterAutoscaler", "value": "1", "effect": "NoSchedule"}

_NODES = "/api/v1/nodes"


class Nodes:
    """The nodes of the cluster. Those that were added here are removed by `clear`."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._number = 0
        self.instances: dict[str, Instance] = {}

    def add(self, *instances: Instance) -> list[str]:
        """Adds a Ready node for each instance and returns the nodes' names."""
        names = []
        for instance in instances:
            self._number += 1
            name = f"node-{self._number}"
            self._api.create(_NODES, node_object(name, instance.provider_id, instance.address, instance.zone))
            self.instances[name] = instance
            names.append(name)
        return names

    def remove(self, name: str) -> Instance:
        """Removes a node; its machine stays."""
        self._api.delete(f"{_NODES}/{name}")
        return self.instances.pop(name)

    def label(self, name: str, key: str, value: str | None) -> None:
        """Sets a label, or removes it with None."""
        self._api.patch(f"{_NODES}/{name}", {"metadata": {"labels": {key: value}}})

    def taint(self, name: str, *taints: Json) -> None:
        """Replaces the taints of a node."""
        self._api.patch(f"{_NODES}/{name}", {"spec": {"taints": list(taints) or None}})

    def ready(self, name: str, ready: bool) -> None:
        """Sets the Ready condition."""
        condition = {"type": "Ready", "status": str(ready), "reason": "E2e", "message": "set by a scenario"}
        self._api.patch(f"{_NODES}/{name}/status", {"status": {"conditions": [condition]}})

    def clear(self) -> None:
        """Removes every node of the cluster."""
        for node in self._api.items(_NODES):
            self._api.delete(f"{_NODES}/{node['metadata']['name']}")
        self.instances.clear()


def node_object(name: str, provider_id: str | None, address: str, zone: str) -> Json:
    """A Ready node as a kubelet and a cloud's node controller would have made it."""
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "topology.kubernetes.io/zone": zone}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {} if provider_id is None else {"providerID": provider_id},
        "status": {
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "conditions": [{"type": "Ready", "status": "True", "reason": "E2e", "message": "made by a scenario"}],
        },
    }
