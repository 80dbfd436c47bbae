"""The data plane beside programs that others wrote, with much, and with many."""

import contextlib
import hashlib
import json
import random
import resource
import select
import socket
import threading
from collections.abc import Iterator

from origo_e2e import check, table
from origo_e2e.dataplane import Address, carried, connected, echo, listening
from origo_e2e.desk import Desk
from origo_e2e.proxies import reader
from origo_e2e.runner import say
from origo_e2e.scenario import standalone
from origo_e2e.tools import run

_CLIENT = "127.0.0.77"
_GIGABYTE = 1 << 30
_BLOCK = 1 << 20
_RSS_MIB_MAX = 200
_MANY = 10_000
_SERVED_MIN = 2_000
_FILES = 18_000


@standalone("data plane: nginx and HAProxy read the PROXY headers that it sends", seconds=90)
def readers(desk: Desk) -> None:
    """Both versions, to both: the client's address and port as the client knows them."""
    with (
        reader("nginx", desk.programs, desk.directory) as nginx,
        reader("haproxy", desk.programs, desk.directory) as haproxy,
        carried(
            desk.programs,
            desk.directory,
            nginx_v1=("PROXY_PROTOCOL_V1", nginx),
            nginx_v2=("PROXY_PROTOCOL_V2", nginx),
            haproxy_v1=("PROXY_PROTOCOL_V1", haproxy),
            haproxy_v2=("PROXY_PROTOCOL_V2", haproxy),
        ) as plane,
    ):
        for name, place in plane.places.items():
            for _ in range(3):
                with connected(place) as client:
                    host, port = client.getsockname()
                    client.sendall(b"GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n")
                    answer = client.makefile("rb").read().decode()
                check.true(f"client={host} {port}\n" in answer, f"{name} is told {host} {port} and says {answer}")


@standalone("data plane: curl speaks the PROXY protocol to simulated pods", seconds=60)
def curl(desk: Desk) -> None:
    """curl's own header is read by a pod that says so; without one the connection ends."""
    _, kubectl = desk.served()
    kubectl("create", "deployment", "web", "--image=registry.k8s.io/echoserver:1.10", "--port=8080")
    template = {"metadata": {"annotations": {"origo.dev/dev-speaks": "8080=http+proxy"}}}
    kubectl("patch", "deployment", "web", "-p", json.dumps({"spec": {"template": template}}))
    kubectl("expose", "deployment", "web", "--port=80", "--target-port=8080", "--type=NodePort")
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    port = kubectl("get", "service", "web", "-o", "jsonpath={.spec.ports[0].nodePort}")
    command = ["curl", "-sS", "--noproxy", "*", "--max-time", "5", "--interface", _CLIENT, f"http://127.0.1.1:{port}/"]

    def told() -> None:
        answer = run([*command, "--haproxy-protocol"])
        for line in ("PROXY HEADER RECEIVED:", "version=1", "family=TCP4", f"source_address={_CLIENT}"):
            check.true(line in answer, f"'{line}' is not in: {answer}")

    check.eventually(told, 15, "the pod reads curl's header")
    try:
        answer = run(command)
    except RuntimeError:
        return
    raise check.Failure(f"a connection without a header is answered: {answer}")


@standalone("data plane: a gigabyte each way, byte for byte", seconds=240)
def gigabyte(desk: Desk) -> str:
    """Through every mode, both directions at once; the process stays small."""
    seed = random.randrange(1 << 32)
    say(f"seed {seed}")
    ways = ("NONE", "PACKET", "PROXY_PROTOCOL_V1", "PROXY_PROTOCOL_V2", "FORWARDED_HEADER")
    rows = []
    with listening(echo) as backend, carried(desk.programs, desk.directory, **{w: (w, backend) for w in ways}) as plane:
        for way, place in plane.places.items():
            sent, received = _exchange(place, way == "FORWARDED_HEADER", random.Random(seed))
            check.equal(received, sent, f"{way}, seed {seed}: bytes and SHA-256 of what came back")
            rows.append([way, str(sent[0]), sent[1][:16]])
        rss = plane.process.rss_peak_mib()
    say(f"\n{table.render(['mode', 'bytes each way', 'SHA-256'], rows)}\n")
    check.true(rss <= _RSS_MIB_MAX, f"the data plane grew to {rss} MiB")
    return f"{len(ways)} modes, at most {rss} MiB resident"


def _exchange(place: Address, http: bool, dice: random.Random) -> tuple[tuple[int, str], tuple[int, str]]:
    """Sends and receives at the same time; count and digest of both."""
    came = hashlib.sha256()
    size = 0
    with connected(place) as client:

        def receive() -> None:
            nonlocal size
            source = client.makefile("rb", buffering=_BLOCK)
            while http and source.readline().strip():
                pass
            while data := source.read1(_BLOCK):
                came.update(data)
                size += len(data)
                if size >= _GIGABYTE:
                    return

        reading = threading.Thread(target=receive)
        reading.start()
        if http:
            client.sendall(f"POST / HTTP/1.1\r\nHost: web\r\nContent-Length: {_GIGABYTE}\r\n\r\n".encode())
        went = hashlib.sha256()
        block = bytearray(dice.randbytes(_BLOCK))
        for number in range(_GIGABYTE // _BLOCK):
            block[:8] = number.to_bytes(8)  # no block is like another
            client.sendall(block)
            went.update(block)
        reading.join()
    return (_GIGABYTE, went.hexdigest()), (size, came.hexdigest())


@standalone("data plane: a client that opens 10,000 connections", seconds=120)
def many(desk: Desk) -> str:
    """Half of the room is for others: what is too much is reset and counted, and the neighbour goes on."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    check.true(hard >= _FILES, f"this needs {_FILES} open files, and the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, hard))
    kept: list[socket.socket] = []
    with (
        listening(kept.append) as silent,
        listening(echo) as backend,
        carried(desk.programs, desk.directory, crowded=("NONE", silent), quiet=("NONE", backend)) as plane,
    ):
        clients = list(_crowd(plane.places["crowded"]))
        refused = check.eventually(lambda: _reset(clients, len(kept)), 20, "what is not served is reset")
        _echoes(plane.places["quiet"])
        for one in (*clients, *kept):
            one.close()
        check.eventually(lambda: _stays_open(plane.places["crowded"]), 10, "room again")
        plane.process.require_running()
        told = plane.told("crowded")
    check.true(f"LIMIT_OF_BALANCER={refused}" in told, f"{refused} are not counted as refused: {told}")
    return f"{_MANY - refused} served, {refused} refused"


def _crowd(place: Address) -> Iterator[socket.socket]:
    """Those of the many that were not reset even before the client had noticed that it is connected."""
    for _ in range(_MANY):
        with contextlib.suppress(ConnectionResetError):
            yield connected(place)


def _reset(clients: list[socket.socket], served: int) -> int:
    """How many have ended: all but those that the backend has, which are some thousands. One of the backend's was a
    health check.
    """
    poll = select.poll()
    for client in clients:
        poll.register(client, select.POLLIN)
    ended = len(poll.poll(0)) + _MANY - len(clients)
    check.true(_SERVED_MIN <= _MANY - ended <= served, f"{ended} have ended, {served} are at the backend")
    check.true(ended >= _MANY // 2, f"only {ended} have ended")
    return ended


def _echoes(place: Address) -> None:
    with connected(place) as client:
        client.sendall(b"hello")
        check.equal(client.recv(5), b"hello", "what the neighbour's backend sends back")


def _stays_open(place: Address) -> None:
    with connected(place) as client:
        client.settimeout(0.5)
        try:
            check.true(client.recv(1), "it is ended")
        except TimeoutError:
            return
