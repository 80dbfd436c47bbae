"""The lab's network.

```
client 198.51.100.77 --- balancer 203.0.113.10 --+-- node-1 192.0.2.11 --- pod 10.244.1.10
                         (a router)              +-- node-2 192.0.2.12 --- pod 10.244.2.10
                                                 +-- node-3 192.0.2.13 --- pod 10.244.3.10
```

Every box is a network namespace. A pod's program answers with the address that it sees.
"""

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from origo_e2e import check
from origo_e2e.cluster import Cluster
from origo_e2e.lab.namespaces import Namespace, link, relay
from origo_e2e.processes import Process
from origo_e2e.programs import Programs

CLIENT = "198.51.100.77"
BALANCER = "203.0.113.10"
NODES = 3
POD_PORT = 8080


@dataclass(frozen=True)
class Machine:
    """A node's namespace. The kernel answers for both of its addresses; `address` is the one that is known outside."""

    name: str
    address: str
    inside: str
    pod_address: str
    namespace: Namespace


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self.client_address[0].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


class Network:
    """All of it; `open_network` makes and removes it."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._client = self._namespace("client")
        self.balancer = self._namespace("balancer")
        near, far = link(self._client, self.balancer)
        self._client.address(near, f"{CLIENT}/24")
        self.balancer.address(far, "198.51.100.1/24")
        self._client.route("default", "198.51.100.1")
        self.balancer.ip("address", "add", f"{BALANCER}/32", "dev", "lo")
        self.balancer.ip("link", "add", "switch", "type", "bridge")
        self.balancer.address("switch", "192.0.2.1/24")
        self.balancer.forward()
        self.machines = [self._machine(number) for number in range(1, NODES + 1)]

    def _namespace(self, role: str) -> Namespace:
        namespace = Namespace(role)
        self._stack.callback(namespace.close)
        return namespace

    def _machine(self, number: int) -> Machine:
        node = self._namespace(f"node{number}")
        port, card = link(self.balancer, node)
        self.balancer.ip("link", "set", port, "master", "switch", "up")
        address, inside = f"192.0.2.{10 + number}", f"10.244.{number}.1"
        node.address(card, f"{address}/24")
        node.route("default", "192.0.2.1")
        node.forward()
        pod = self._namespace(f"pod{number}")
        outer, inner = link(node, pod)
        node.address(outer, f"{inside}/24")
        pod.address(inner, f"10.244.{number}.10/24")
        pod.route("default", inside)
        for other in range(1, NODES + 1):
            if other != number:
                node.route(f"10.244.{other}.0/24", f"192.0.2.{10 + other}")
        self._serve(pod)
        return Machine(f"node-{number}", address, inside, f"10.244.{number}.10", node)

    def _serve(self, pod: Namespace) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo, bind_and_activate=False)
        server.socket.close()
        server.socket = pod.listen("0.0.0.0", POD_PORT)
        server.server_address = server.socket.getsockname()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)

    def ask(self, port: int) -> str:
        """One connection from the client to the balancer; gives the address that the pod has seen."""

        def get() -> str:
            connection = http.client.HTTPConnection(BALANCER, port, timeout=3)
            try:
                connection.request("GET", "/")
                return connection.getresponse().read().decode()
            finally:
                connection.close()

        return self._client.here(get)

    def start_kube_proxies(self, programs: Programs, cluster: Cluster, directory: Path) -> None:
        """Starts the real kube-proxy on each node, and returns when all of them say that they are healthy."""
        for machine in self.machines:
            listener = machine.namespace.listen("127.0.0.1", cluster.port)
            relay(listener, cluster.port)
            self._stack.callback(listener.close)
            config = directory / f"{machine.name}.json"
            config.write_text(json.dumps(_configuration(machine, cluster)))
            command = machine.namespace.command(programs.kube_proxy, f"--config={config}")
            process = Process(f"kube-proxy of {machine.name}", command, directory / f"kube-proxy-{machine.name}.log")
            self._stack.callback(process.kill)
            process.start()
            check.eventually(lambda m=machine, p=process: _healthy(m, p), 30, f"{process.name} healthy")


def _configuration(machine: Machine, cluster: Cluster) -> dict[str, object]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(cluster.kubeconfig)},
        "hostnameOverride": machine.name,
        "mode": "nftables",
        "clusterCIDR": "10.244.0.0/16",
        "bindAddress": "0.0.0.0",
        # These are the machine's, and not to be changed from a namespace.
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }


def _healthy(machine: Machine, process: Process) -> None:
    process.require_running()

    def status() -> int:
        connection = http.client.HTTPConnection(machine.address, 10256, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        finally:
            connection.close()

    check.equal(machine.namespace.here(status), 200, f"healthz of {process.name}")


@contextlib.contextmanager
def open_network() -> Iterator[Network]:
    """Makes the network and removes it in the end, also after a failure."""
    with contextlib.ExitStack() as stack:
        yield Network(stack)
