"""The data plane as a process of its own, and what stands behind it."""

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from origo_e2e import check
from origo_e2e.processes import Process
from origo_e2e.programs import ROOT, Programs
from origo_e2e.tools import run

_SOURCE = ROOT / "e2e" / "embedded" / "ServeDataPlane.java"
_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_PIECE = 1 << 16

Address = tuple[str, int]


@dataclass(frozen=True)
class Carried:
    """What is carried: the process, and the balancers' places by name."""

    process: Process
    places: dict[str, Address]

    def told(self, name: str) -> str:
        """Ends the process and gives what it says of a balancer's connections."""
        self.process.stop()
        return next(line for line in self.process.log.read_text().splitlines() if line.startswith(f"{name} Counts"))


@contextlib.contextmanager
def carried(programs: Programs, directory: Path, **balancers: tuple[str, Address]) -> Iterator[Carried]:
    """Carries balancers, each named and given by its carrier and its target."""
    run([programs.origo, "version"], seconds=1200)  # builds what is missing
    parts = [ROOT / "provider-localstack/target/classes", ROOT / "core/target/classes"]
    parts += [jar for jar in (ROOT / "app/target/lib").glob("*.jar") if not jar.name.startswith("origo-")]
    wanted = [f"{name}={carrier}@{host}:{port}" for name, (carrier, (host, port)) in balancers.items()]
    command = [programs.java, "-Xmx128m", "-XX:+UseSerialGC", "-cp", ":".join(map(str, parts)), str(_SOURCE), *wanted]
    process = Process("data plane", command, directory / "data-plane.log")

    def places() -> dict[str, Address]:
        process.require_running()
        found = re.findall(r"^(\S+) at (\S+):(\d+)$", process.log.read_text(), re.MULTILINE)
        check.equal(len(found), len(balancers), "balancers that are carried")
        return {name: (host, int(port)) for name, host, port in found}

    try:
        process.start()
        yield Carried(process, check.eventually(places, 30, "balancers are carried"))
    finally:
        process.stop()


def connected(to: Address, source: str = "127.0.0.77") -> socket.socket:
    """A connection of a client whose address nobody else has."""
    return socket.create_connection(to, timeout=20, source_address=(source, 0))


@contextlib.contextmanager
def listening(serve: Callable[[socket.socket], None], host: str = "127.0.1.1") -> Iterator[Address]:
    """A backend; each connection is served in a thread of its own."""
    with socket.create_server((host, 0), backlog=4096) as server:
        threading.Thread(target=_accept, args=(server, serve), daemon=True).start()
        yield server.getsockname()


def _accept(server: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    with contextlib.suppress(OSError):  # closed
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()


def echo(connection: socket.socket) -> None:
    """Sends back what comes, without the PROXY header or the head of HTTP before it."""
    with connection, contextlib.suppress(OSError):
        data = connection.recv(_PIECE)
        if data.startswith(_SIGNATURE):
            data = _from(connection, data, 16 + struct.unpack("!H", data[14:16])[0])
        elif data.startswith(b"PROXY "):
            data = _from(connection, data, data.index(b"\r\n") + 2)
        elif data.startswith(b"POST "):
            while b"\r\n\r\n" not in data:
                data += connection.recv(_PIECE)
            head, data = data.split(b"\r\n\r\n", 1)
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head + b"\r\n")
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: " + (length or [b"", b"0"])[1] + b"\r\n\r\n")
        buffer = bytearray(_PIECE)
        view = memoryview(buffer)
        connection.sendall(data)
        while size := connection.recv_into(buffer):
            connection.sendall(view[:size])


def _from(connection: socket.socket, data: bytes, start: int) -> bytes:
    while len(data) < start:
        data += connection.recv(_PIECE)
    return data[start:]
