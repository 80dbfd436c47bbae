"""Expectations and waiting.

Kubernetes and a cloud become consistent in their own time, so nearly every expectation is one that holds
*eventually*. Waiting is always a poll with a deadline, and the failure tells what was last seen.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.1


class Failure(AssertionError):
    """An expectation that does not hold; the message is for the reader of the table."""


class Broken(Failure):
    """A failure that waiting cannot mend, such as a process that has ended."""


class OutOfTime(BaseException):
    """The scenario's own deadline has passed. Not an Exception, so that no retry swallows it."""


def equal(actual: object, expected: object, what: str) -> None:
    """Fails unless both are equal."""
    if actual != expected:
        raise Failure(f"{what}: expected {expected!r}, found {actual!r}")


def true(condition: object, what: str) -> None:
    """Fails unless `condition` holds."""
    if not condition:
        raise Failure(what)


def eventually(check: Callable[[], T], seconds: float, what: str) -> T:
    """Calls `check` until it raises nothing and returns its result; fails after `seconds` with its last complaint,
    at once if it is `Broken`.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return check()
        except Broken:
            raise
        except Exception as complaint:
            if time.monotonic() >= deadline:
                raise Failure(f"{what} not within {seconds:g} s; last seen: {complaint}") from complaint
        time.sleep(POLL_SECONDS)


def throughout(check: Callable[[], object], seconds: float) -> None:
    """Fails as soon as `check` raises within `seconds`: for what must *not* happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        check()
        time.sleep(POLL_SECONDS)
