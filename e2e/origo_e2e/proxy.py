"""A reverse proxy between the product and an AWS stand-in: counts every call, adds latency, throttles, injects faults.

The stand-ins never fail, never throttle and answer at once, so all of that is done here, at the wire and outside the
product. asyncio on one background thread: a hundred Services at work are many connections and little computation.
"""

import asyncio
import fnmatch
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from origo_e2e.calls import Call, Usage, is_write

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Refuse:
    """Answer with an AWS error in place of the cloud."""

    code: str
    message: str
    status: int


@dataclass(frozen=True)
class Lose:
    """The cloud takes the call, its answer never arrives: the connection is cut."""


@dataclass(frozen=True)
class Cut:
    """The connection is cut before the cloud has seen the call."""


@dataclass(frozen=True)
class Then:
    """The cloud takes the call, then this is run (say, kill the product), and no answer is passed on."""

    run: Callable[[], object]


Effect = Refuse | Lose | Cut | Then


@dataclass
class Fault:
    """An effect on the calls that match and that the `dice` picks, after letting `skip` of them pass and for `times`
    calls (None: for good).
    """

    effect: Effect
    action: str = "*"
    writes_only: bool = False
    skip: int = 0
    times: int | None = 1
    dice: Callable[[], bool] = lambda: True
    struck: int = 0

    def take(self, action: str) -> bool:
        """Whether this fault hits a call of this action; counts it."""
        if not fnmatch.fnmatchcase(action, self.action) or (self.writes_only and not is_write(action)):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times == 0 or not self.dice():
            return False
        if self.times is not None:
            self.times -= 1
        self.struck += 1
        return True


@dataclass(frozen=True)
class Latency:
    """Seconds that a call takes longer than the stand-in needs."""

    read: float = 0.0
    write: float = 0.0

    def of(self, action: str) -> float:
        """Seconds to add to a call of this action."""
        return self.write if is_write(action) else self.read


class Bucket:
    """A token bucket as AWS has it: refused calls take no token."""

    def __init__(self, per_second: float, burst: int) -> None:
        self.per_second = per_second
        self.burst = burst
        self._tokens = float(burst)
        self._filled_at = time.monotonic()

    def level(self) -> float:
        """The tokens that there are now."""
        now = time.monotonic()
        self._tokens = min(self.burst, self._tokens + (now - self._filled_at) * self.per_second)
        self._filled_at = now
        return self._tokens

    def take(self) -> bool:
        """Whether there was a token for one more call."""
        if self.level() < 1:
            return False
        self._tokens -= 1
        return True


@dataclass(frozen=True)
class Throttle:
    """What the endpoint lets through, all of its APIs together."""

    read: Bucket
    write: Bucket

    def of(self, action: str) -> Bucket:
        """The bucket of this action."""
        return self.write if is_write(action) else self.read


@dataclass
class _Message:
    """An HTTP request or answer, read in full."""

    first_line: str
    headers: Headers
    body: bytes = b""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


class CallProxy:
    """Listens on loopback in front of one stand-in. `faults`, `latency` and `throttle` may be changed at any time."""

    def __init__(self, upstream_port: int) -> None:
        self.latency = Latency()
        self.throttle: Throttle | None = None
        self.faults: list[Fault] = []
        self._upstream_port = upstream_port
        self._calls: list[Call] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="call-proxy", daemon=True)
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Stops listening; connections that are open die with the thread."""
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def mark(self) -> int:
        """The present point in the sequence of calls, for `since`."""
        return len(self._calls)

    def since(self, mark: int = 0) -> Usage:
        """The calls answered since that point."""
        return Usage(self._calls[mark:])

    async def _shut(self) -> None:
        self._server.close()
        own = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not own]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read(reader)) is not None:
                answer = await self._answer(request)
                if answer is None:
                    break
                writer.write(_bytes(answer))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, request: _Message) -> _Message | None:
        """The answer to pass on; None cuts the connection."""
        parameters = _parameters(request)
        action = parameters.get("Action", request.first_line)
        throttled = self.throttle is not None and not self.throttle.of(action).take()
        await asyncio.sleep(self.latency.of(action))
        effect = next((fault.effect for fault in self.faults if fault.take(action)), None)
        if throttled:
            effect = _RATE_EXCEEDED[parameters.get("Version", "") == _EC2_VERSION]
        answer = await self._effect(effect, request, parameters)
        status = 0 if answer is None else int(answer.first_line.split()[1])
        self._calls.append(Call(time.monotonic(), action, status, parameters))
        return answer

    async def _effect(self, effect: Effect | None, request: _Message, parameters: dict[str, str]) -> _Message | None:
        match effect:
            case None:
                return await self._forward(request)
            case Refuse():
                return _refusal(effect, parameters.get("Version", ""))
            case Cut():
                return None
            case Lose():
                await self._forward(request)
                return None
            case Then(run):
                await self._forward(request)
                await asyncio.get_running_loop().run_in_executor(None, run)
                return None

    async def _forward(self, request: _Message) -> _Message:
        """Sends the request on over a connection of its own, so that a stale one can never double a write."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream_port)
        try:
            kept = [(k, v) for k, v in request.headers if k.lower() not in _HOP_BY_HOP]
            writer.write(_bytes(_Message(request.first_line, [*kept, ("Connection", "close")], request.body)))
            await writer.drain()
            answer = await _read(reader, to_end=True)
        finally:
            writer.transport.abort()
        if answer is None:
            raise ConnectionResetError("the stand-in closed the connection without an answer")
        answer.headers = [(k, v) for k, v in answer.headers if k.lower() not in _HOP_BY_HOP]
        answer.first_line = "HTTP/1.1 " + answer.first_line.split(" ", 1)[1]
        return answer


_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "expect"})


async def _read(reader: asyncio.StreamReader, to_end: bool = False) -> _Message | None:
    """Reads one message; None at the end of the stream. `to_end`: without a length, the body ends with the stream."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    lines = head.decode("latin-1").split("\r\n")
    headers = [(k.strip(), v.strip()) for k, _, v in (line.partition(":") for line in lines[1:] if line)]
    message = _Message(lines[0], headers)
    length = message.header("content-length")
    if message.header("transfer-encoding").lower() == "chunked":
        message.body = await _read_chunks(reader)
    elif length:
        message.body = await reader.readexactly(int(length))
    elif to_end:
        message.body = await reader.read()
    return message


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    while (await reader.readline()).strip():
        pass
    return bytes(body)


def _bytes(message: _Message) -> bytes:
    headers = [*message.headers, ("Content-Length", str(len(message.body)))]
    head = "\r\n".join([message.first_line, *(f"{key}: {value}" for key, value in headers)])
    return head.encode("latin-1") + b"\r\n\r\n" + message.body


def _parameters(request: _Message) -> dict[str, str]:
    query = urllib.parse.urlsplit(request.first_line.split(" ")[1]).query
    return dict(urllib.parse.parse_qsl(query) + urllib.parse.parse_qsl(request.body.decode("latin-1")))


# The EC2 API's version; its errors are wrapped otherwise than those of all other query APIs.
_EC2_VERSION = "2016-11-15"

# Source: "Error codes for the Amazon EC2 API"; "Common Errors" of the Elastic Load Balancing API.
_RATE_EXCEEDED = {
    True: Refuse("RequestLimitExceeded", "Request limit exceeded.", 503),
    False: Refuse("Throttling", "Rate exceeded", 400),
}


def _refusal(error: Refuse, version: str) -> _Message:
    detail = f"<Code>{error.code}</Code><Message>{error.message}</Message>"
    body = f"<ErrorResponse><Error><Type>Sender</Type>{detail}</Error><RequestId>e2e</RequestId></ErrorResponse>"
    if version == _EC2_VERSION:
        body = f"<Response><Errors><Error>{detail}</Error></Errors><RequestID>e2e</RequestID></Response>"
    return _Message(f"HTTP/1.1 {error.status} Refused", [("Content-Type", "text/xml")], body.encode())
