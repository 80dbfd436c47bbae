"""The surroundings of one scenario: an empty account, a namespace, nodes, and the product as a process."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from origo_e2e.aws import Account, Emulator, Network
from origo_e2e.calls import Usage
from origo_e2e.cluster import Cluster
from origo_e2e.controller import Installation, Origo, Settings
from origo_e2e.kubernetes import Json
from origo_e2e.nodes import Nodes
from origo_e2e.pods import Pods
from origo_e2e.programs import Programs
from origo_e2e.proxy import CallProxy
from origo_e2e.services import HTTP, Balancer, Port, Service, service_object

CLUSTER_NAME = "e2e"


@dataclass
class World:
    """Made by `open_world`; everything that it started ends with it."""

    programs: Programs
    cluster: Cluster
    installation: Installation
    directory: Path
    namespace: str
    cloud: Emulator
    proxy: CallProxy
    account: Account
    network: Network
    nodes: Nodes
    pods: Pods
    processes: contextlib.ExitStack
    origos: list[Origo] = field(default_factory=list)

    @property
    def origo(self) -> Origo:
        """The product's process that was started last."""
        return self.origos[-1]

    def start_origo(self, wait: bool = True, installation: Installation | None = None, **settings: object) -> Origo:
        """Starts the product; `settings` are those of `Settings`."""
        chosen: Json = {"cluster_name": CLUSTER_NAME, "vpc": self.network.vpc, "endpoint": self.proxy.url} | settings
        log = self.directory / f"origo-{len(self.origos) + 1}.log"
        origo = Origo(installation or self.installation, self.programs, Settings(**chosen), log)
        self.processes.callback(origo.kill)
        self.origos.append(origo)
        origo.start(wait)
        return origo

    def add_nodes(self, count: int) -> list[str]:
        """Launches machines and adds them as nodes; returns the nodes' names."""
        return self.nodes.add(*self.network.launch(count))

    def instance_ids(self, *without: str) -> set[str]:
        """Ids of all nodes' machines, without those of the nodes named."""
        return {instance.id for name, instance in self.nodes.instances.items() if name not in without}

    def service(self, name: str) -> Service:
        """A Service of this namespace, there or not."""
        return Service(self.cluster.api, self.cluster.kubectl, self.namespace, name)

    def apply(self, name: str, ports: tuple[Port, ...] = (HTTP,), policy: str = "Local", **more: object) -> Service:
        """kubectl apply of a Service of our class."""
        body = service_object(name, ports, policy, **more)
        body["metadata"]["namespace"] = self.namespace
        self.cluster.kubectl.apply(body)
        return self.service(name)

    def published(self, name: str, ports: tuple[Port, ...] = (HTTP,), policy: str = "Local", **more: object) -> Service:
        """Applies a Service and waits for its address."""
        service = self.apply(name, ports, policy, **more)
        service.wait_published()
        return service

    def apply_all(self, names: list[str], ports: tuple[Port, ...]) -> None:
        """Creates many Services of our class with one kubectl."""
        bodies = [service_object(name, ports) for name in names]
        for body in bodies:
            body["metadata"]["namespace"] = self.namespace
        self.cluster.kubectl.apply(*bodies)

    def patch_all(self, names: list[str], body: Json) -> None:
        """Patches many Services, one API call each."""
        for name in names:
            self.cluster.api.patch(self.service(name).path, body)

    def delete_all(self, names: list[str]) -> None:
        """Deletes many Services with one kubectl, without waiting."""
        self.kubectl("delete", "service", *names, "--wait=false")

    def balancer(self, service: Service) -> Balancer:
        """What the account holds for a Service."""
        return Balancer(self.account, service)

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """kubectl in this namespace."""
        return self.cluster.kubectl("-n", self.namespace, *arguments, stdin=stdin)

    def usage(self, mark: int = 0) -> Usage:
        """AWS calls since a mark of the proxy."""
        return self.proxy.since(mark)

    def clear_namespace(self) -> None:
        """Removes what is left in the namespace, also where the product would have to and did not."""
        path = f"/api/v1/namespaces/{self.namespace}"
        for deployment in self.cluster.api.items(f"/apis/apps/v1/namespaces/{self.namespace}/deployments"):
            self.cluster.api.delete(f"/apis/apps/v1/namespaces/{self.namespace}/deployments/{_name(deployment)}")
        for service in self.cluster.api.items(f"{path}/services"):
            self.cluster.api.patch(f"{path}/services/{_name(service)}", {"metadata": {"finalizers": None}})
            self.cluster.api.delete(f"{path}/services/{_name(service)}")
        self.pods.clear()
        self.cluster.api.delete(path)


def _name(thing: Json) -> str:
    return thing["metadata"]["name"]


@contextlib.contextmanager
def open_world(
    programs: Programs, cluster: Cluster, installation: Installation, directory: Path, namespace: str, cloud: Emulator
) -> Iterator[World]:
    """Builds the surroundings around a started stand-in and takes all down again, also after a failure."""
    with contextlib.ExitStack() as stack:
        stack.callback(cloud.stop)
        cloud.wait_ready()
        proxy = CallProxy(cloud.port)
        stack.callback(proxy.close)
        account = Account(cloud.port)
        cluster.kubectl("create", "namespace", namespace)
        nodes = Nodes(cluster.api)
        stack.callback(nodes.clear)
        world = World(
            programs=programs,
            cluster=cluster,
            installation=installation,
            directory=directory,
            namespace=namespace,
            cloud=cloud,
            proxy=proxy,
            account=account,
            network=Network(account, CLUSTER_NAME),
            nodes=nodes,
            pods=Pods(cluster.api, namespace),
            processes=stack,
        )
        stack.callback(world.clear_namespace)
        yield world
