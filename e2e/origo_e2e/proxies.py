"""nginx and HAProxy with a recipe of the documentation, and a client that sends PROXY headers."""

import contextlib
import ipaddress
import socket
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from origo_e2e import check
from origo_e2e.processes import Process, free_port
from origo_e2e.programs import Programs

CLIENT = "203.0.113.9"
_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_PROXY_TCP4 = b"\x21\x11"


def header_v1() -> bytes:
    """What the PROXY protocol's version 1 says of CLIENT."""
    return f"PROXY TCP4 {CLIENT} 192.0.2.1 40000 80\r\n".encode()


def header_v2() -> bytes:
    """The same in version 2, with a TLV that nobody knows (type 0xE0, as for own uses)."""
    addresses = ipaddress.ip_address(CLIENT).packed + ipaddress.ip_address("192.0.2.1").packed
    body = addresses + struct.pack("!HH", 40000, 80) + struct.pack("!BH", 0xE0, 3) + b"abc"
    return _SIGNATURE + _PROXY_TCP4 + struct.pack("!H", len(body)) + body


def ask(port: int, header: bytes) -> str:
    """One GET with a forged X-Forwarded-For after `header`; the whole answer, empty where the connection just ends."""
    request = b"GET / HTTP/1.1\r\nHost: web\r\nX-Forwarded-For: 198.51.100.66\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(header + request)
        with connection.makefile("rb") as answer, contextlib.suppress(ConnectionResetError):
            return answer.read().decode()
    return ""


class _Application(BaseHTTPRequestHandler):
    """Answers with the X-Forwarded-For headers that it gets, all of them."""

    def do_GET(self) -> None:
        body = f"client={', '.join(self.headers.get_all('X-Forwarded-For', []))}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextlib.contextmanager
def application() -> Iterator[int]:
    """An application on loopback; gives its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Application) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


@contextlib.contextmanager
def proxied(kind: str, recipe: str, programs: Programs, directory: Path, nodes: str) -> Iterator[int]:
    """Runs `nginx` or `haproxy` with the recipe, only with other ports and this range of nodes; gives the port."""
    port = free_port()
    with application() as backend:
        for written, here in (("8080", f"127.0.0.1:{port}"), ("8081", str(backend)), ("10.0.0.0/16", nodes)):
            check.true(written in recipe, f"the recipe for {kind} has no {written}")
            recipe = recipe.replace(written, here)
        command = _command(kind, recipe.replace("bind :", "bind "), programs, directory)
        process = Process(kind, command, directory / f"{kind}.log")
        try:
            process.start()
            check.eventually(lambda: _open(process, port), 20, f"{kind} listens")
            yield port
        finally:
            process.stop()


_READERS = {
    "nginx": "server { listen %s proxy_protocol; "
    'location / { return 200 "client=$proxy_protocol_addr $proxy_protocol_port\\n"; } }\n',
    "haproxy": "defaults\n  mode http\n  timeout client 10s\n  timeout connect 5s\n  timeout server 10s\n"
    "frontend web\n  bind %s accept-proxy\n  http-request return status 200 content-type text/plain "
    'lf-string "client=%%[src] %%[src_port]\\n"\n',
}


@contextlib.contextmanager
def reader(kind: str, programs: Programs, directory: Path) -> Iterator[tuple[str, int]]:
    """Runs `nginx` or `haproxy` as what reads PROXY headers and answers with what they say of the client."""
    host, port = "127.0.3.1", free_port()
    command = _command(kind, _READERS[kind] % f"{host}:{port}", programs, directory)
    process = Process(kind, command, directory / f"{kind}.log")
    try:
        process.start()
        check.eventually(lambda: _open(process, port, host), 20, f"{kind} listens")
        yield host, port
    finally:
        process.stop()


def _command(kind: str, recipe: str, programs: Programs, directory: Path) -> list[str]:
    config = directory / f"{kind}.conf"
    if kind == "haproxy":
        config.write_text(recipe)
        return [programs.haproxy, "-db", "-f", str(config)]
    paths = "".join(
        f"{name}_temp_path {directory}/nginx-{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"daemon off;\nworker_processes 1;\npid {directory}/nginx.pid;\nerror_log stderr;\n"
        f"events {{}}\nhttp {{\naccess_log {directory}/nginx-access.log;\n{paths}{recipe}}}\n"
    )
    return [programs.nginx, "-e", "stderr", "-p", str(directory), "-c", str(config)]


def _open(process: Process, port: int, host: str = "127.0.0.1") -> None:
    process.require_running()
    socket.create_connection((host, port), timeout=1).close()
