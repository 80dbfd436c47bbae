"""A wire to the API server that can be cut."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path


class Wire:
    """Passes bytes between whoever connects here and the API server."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.port: int = self._server.getsockname()[1]
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def kubeconfig(self, written: Path, into: Path) -> Path:
        """The same kubeconfig, by this wire."""
        into.touch(mode=0o600)
        into.write_text(written.read_text().replace(f":{self._to_port}", f":{self.port}"))
        return into

    def cut(self) -> None:
        """Breaks off every connection that is open now."""
        with self._lock:
            ends, self._open = self._open, set()
        self.cuts += len(ends) // 2
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """No more."""
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._server.accept()
                with contextlib.suppress(OSError):  # the API server is away
                    server = socket.create_connection(("127.0.0.1", self._to_port))
                    with self._lock:
                        self._open |= {client, server}
                    for source, sink in ((client, server), (server, client)):
                        threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()
                    continue
                client.close()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)
        source.close()


@contextlib.contextmanager
def wire(to_port: int) -> Iterator[Wire]:
    """A wire; it is closed in the end."""
    laid = Wire(to_port)
    try:
        yield laid
    finally:
        laid.close()
