"""Scheduler and kubelet in one: puts the pods of a Deployment on nodes and calls them running and ready."""

from origo_e2e import check
from origo_e2e.kubernetes import Api, Json


class Pods:
    """The pods of one namespace."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self._path = f"/api/v1/namespaces/{namespace}/pods"
        self._number = 0

    def run(self, app: str, replicas: int, node_names: list[str]) -> None:
        """Waits for the Deployment's pods and runs them on these nodes in turn."""
        for pod in check.eventually(lambda: self._expect(app, replicas), 20, f"{replicas} pods of {app}"):
            name = pod["metadata"]["name"]
            self._number += 1
            node = node_names[self._number % len(node_names)]
            binding = {"metadata": {"name": name}, "target": {"kind": "Node", "name": node}}
            self._api.create(f"{self._path}/{name}/binding", {"apiVersion": "v1", "kind": "Binding"} | binding)
            self.call_ready(name, f"10.244.0.{self._number}")

    def call_ready(self, name: str, address: str) -> None:
        """Says of a pod what its kubelet would."""
        self._api.patch(f"{self._path}/{name}/status", {"status": _running(address)})

    def clear(self) -> None:
        """Removes all pods at once, as a kubelet would once they have ended."""
        for pod in self._api.items(self._path):
            self._api.delete(f"{self._path}/{pod['metadata']['name']}", grace_seconds=0)

    def _expect(self, app: str, replicas: int) -> list[Json]:
        pods = self._api.items(f"{self._path}?labelSelector=app%3D{app}")
        check.equal(len(pods), replicas, f"pods of {app}")
        return [pod for pod in pods if "nodeName" not in pod["spec"]]


def _running(address: str) -> Json:
    conditions = [{"type": kind, "status": "True"} for kind in ("Initialized", "ContainersReady", "Ready")]
    return {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "conditions": conditions}
