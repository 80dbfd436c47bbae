"""Nodes as far as a load balancer sees them: node ports that answer and health pages, on loopback or in a namespace."""

import contextlib
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from origo_e2e.aws import Json
from origo_e2e.kubernetes import Api
from origo_e2e.nodes import node_object
from origo_e2e.services import KUBE_PROXY_HEALTH_PORT

_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


Listen = Callable[[str, int], socket.socket]


def _here(address: str, port: int) -> socket.socket:
    return socket.create_server((address, port))


class LoopbackNode:
    """A node of kind's, whose machine is an address of this one, or where `listen` makes its sockets. `healthy` is what
    its health pages say.
    """

    def __init__(self, name: str, address: str, stack: contextlib.ExitStack, listen: Listen = _here) -> None:
        self.name = name
        self.address = address
        self.healthy = True
        self._stack = stack
        self._listen = listen
        self.serve(KUBE_PROXY_HEALTH_PORT)

    def object(self) -> Json:
        """The Node."""
        return node_object(self.name, f"kind://docker/kind/{self.name}", self.address, "")

    def serve(self, port: int) -> None:
        """Answers on a port: /healthz as a health page, anything else with what is seen of the client."""
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                code, text = 200, node.seen(self.client_address[0], self.headers, self.proxied)
                if self.path == "/healthz":
                    code = 200 if node.healthy else 503
                body = text.encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

            def setup(self) -> None:
                super().setup()
                self.proxied = ""
                start = self.rfile.peek(16)[:16]
                if start.startswith(_SIGNATURE):
                    header = self.rfile.read(16 + int.from_bytes(start[14:16]))
                    self.proxied = ".".join(map(str, header[16:20]))
                elif start.startswith(b"PROXY TCP4 "):
                    self.proxied = self.rfile.readline().decode().split()[2]

            def log_message(self, *_: object) -> None:
                """Silent."""

        server = ThreadingHTTPServer((self.address, port), Handler, bind_and_activate=False)
        server.socket.close()
        server.socket = self._listen(self.address, port)
        server.server_address = server.socket.getsockname()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)

    def seen(self, peer: str, headers: Json, proxied: str) -> str:
        """One line a fact."""
        forwarded = headers.get("X-Forwarded-For", "")
        return f"node={self.name}\nclient_address={peer}\nforwarded={forwarded}\nproxied={proxied}\n"


def add_nodes(api: Api, count: int, stack: contextlib.ExitStack) -> list[LoopbackNode]:
    """Adds nodes at 127.0.9.1 and on."""
    nodes = [LoopbackNode(f"kind-{number}", f"127.0.9.{number}", stack) for number in range(1, count + 1)]
    for node in nodes:
        api.create("/api/v1/nodes", node.object())
    return nodes
