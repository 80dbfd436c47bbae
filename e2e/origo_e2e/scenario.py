"""What a scenario is, and the list of all of them."""

from collections.abc import Callable
from dataclasses import dataclass

from origo_e2e.desk import Desk
from origo_e2e.world import World


@dataclass(frozen=True)
class Scenario:
    """A named run against an empty account. `seconds` bounds it, `nodes` are there before the product starts."""

    name: str
    run: Callable[[World], object]
    seconds: float
    nodes: int
    emulator: str


@dataclass(frozen=True)
class Standalone:
    """A named run of something that brings its own cluster and cloud."""

    name: str
    run: Callable[[Desk], object]
    seconds: float


ALL: list[Scenario | Standalone] = []


def scenario(
    name: str, seconds: float = 60, nodes: int = 3, emulator: str = "moto"
) -> Callable[[Callable[[World], object]], Callable[[World], object]]:
    """Registers a function as a scenario. What it returns, if anything, is shown as a note in the table."""

    def register(run: Callable[[World], object]) -> Callable[[World], object]:
        ALL.append(Scenario(name, run, seconds, nodes, emulator))
        return run

    return register


def standalone(name: str, seconds: float = 60) -> Callable[[Callable[[Desk], object]], Callable[[Desk], object]]:
    """Registers a function as a scenario that needs neither a cluster nor a stand-in."""

    def register(run: Callable[[Desk], object]) -> Callable[[Desk], object]:
        ALL.append(Standalone(name, run, seconds))
        return run

    return register
