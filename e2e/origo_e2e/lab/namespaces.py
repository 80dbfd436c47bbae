"""Network namespaces, and doing things in them."""

import contextlib
import ctypes
import itertools
import os
import queue
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from origo_e2e.tools import run

T = TypeVar("T")

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count(1)


class Namespace:
    """A network namespace with loopback up. `close` removes it, and with it every interface that is in it."""

    def __init__(self, role: str) -> None:
        self.name = f"origo-{os.getpid()}-{role}"
        run(["ip", "netns", "add", self.name])
        self.ip("link", "set", "lo", "up")

    def close(self) -> None:
        """Removes it."""
        run(["ip", "netns", "delete", self.name])

    def ip(self, *words: str) -> None:
        """The command `ip` in here."""
        run(["ip", "-n", self.name, *words])

    def command(self, *words: str) -> list[str]:
        """What runs a command in here."""
        return ["ip", "netns", "exec", self.name, *words]

    def address(self, device: str, address: str) -> None:
        """Gives a device an address with its prefix length, and has it up."""
        self.ip("address", "add", address, "dev", device)
        self.ip("link", "set", device, "up")

    def route(self, destination: str, via: str) -> None:
        """Adds a route."""
        self.ip("route", "add", destination, "via", via)

    def forward(self) -> None:
        """Has it pass packets on, as a router does."""
        run(self.command("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"))

    def nft(self, rules: str) -> None:
        """Loads rules, all or none."""
        run(self.command("nft", "-f", "-"), rules)

    def here(self, act: Callable[[], T]) -> T:
        """Calls `act` in here: sockets that it makes belong to this namespace, wherever they are used later."""
        answers: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue()

        def enter() -> None:
            try:
                with (Path("/run/netns") / self.name).open() as handle:
                    if _libc.setns(handle.fileno(), _CLONE_NEWNET) != 0:
                        raise OSError(ctypes.get_errno(), f"cannot enter {self.name}")
                answers.put((act(), None))
            except BaseException as failure:
                answers.put((None, failure))

        # A thread of its own, which ends in there: only the calling thread changes its namespace.
        threading.Thread(target=enter, daemon=True).start()
        answer, failure = answers.get()
        if failure is not None:
            raise failure
        return answer

    def listen(self, address: str, port: int) -> socket.socket:
        """A socket that listens in here."""
        return self.here(lambda: socket.create_server((address, port)))


def link(one: Namespace, other: Namespace) -> tuple[str, str]:
    """Lays a cable between two namespaces; gives the names of its ends."""
    number = next(_numbers)
    ends = (f"v{number}a", f"v{number}b")
    one.ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1], "netns", other.name)
    return ends


def relay(listener: socket.socket, port: int) -> None:
    """Passes each connection that comes in at `listener` on to a port of this machine's loopback, until it is closed.

    So a process in a namespace reaches a server outside of it, and no packet leaves the namespace.
    """

    def accept() -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=_pump, args=(source, sink), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
