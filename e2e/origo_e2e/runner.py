"""Runs scenarios one after the other on one cluster and tells how they went."""

import contextlib
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from origo_e2e import check, table
from origo_e2e.aws import Emulator
from origo_e2e.calls import Usage
from origo_e2e.cluster import Cluster
from origo_e2e.controller import Installation
from origo_e2e.desk import Desk, open_desk
from origo_e2e.programs import Programs
from origo_e2e.scenario import Scenario, Standalone
from origo_e2e.world import World, open_world


@dataclass(frozen=True)
class Result:
    """How one scenario went."""

    name: str
    passed: bool
    usage: Usage
    seconds: float
    note: str


class Runner:
    """One cluster, one installation of the product's rights, many scenarios."""

    def __init__(self, programs: Programs, directory: Path) -> None:
        self._programs = programs
        self._directory = directory
        cluster_directory = directory / "cluster"
        cluster_directory.mkdir()
        self._cluster = Cluster(programs, cluster_directory)
        self._installation = Installation(self._cluster, programs, cluster_directory)

    def run(self, scenarios: list[Scenario | Standalone]) -> list[Result]:
        """Starts the cluster if any scenario needs it, runs all and stops it."""
        try:
            if any(isinstance(one, Scenario) for one in scenarios):
                started = time.monotonic()
                self._cluster.start()
                self._installation.install()
                say(f"cluster at {self._cluster.server} in {time.monotonic() - started:.1f} s")
            return self._all(scenarios)
        except Exception:
            say(self._cluster.logs())
            raise
        finally:
            self._cluster.stop()

    def _all(self, scenarios: list[Scenario | Standalone]) -> list[Result]:
        """One after the other. While one runs the next one's stand-in starts, which takes seconds."""
        results: list[Result] = []
        with contextlib.ExitStack() as stack:
            upcoming = self._surroundings(scenarios[0], 1, stack)
            for number, one in enumerate(scenarios, 1):
                surroundings = upcoming
                if number < len(scenarios):
                    upcoming = self._surroundings(scenarios[number], number + 1, stack)
                results.append(_one(f"[{number}/{len(scenarios)}]", one, surroundings))
        return results

    def _surroundings(
        self, scenario: Scenario | Standalone, number: int, stack: contextlib.ExitStack
    ) -> contextlib.AbstractContextManager[World | Desk]:
        """Starts the scenario's stand-in; the rest is made when it is entered."""
        directory = self._directory / f"scenario-{number}"
        directory.mkdir()
        if isinstance(scenario, Standalone):
            return open_desk(self._programs, directory)
        cloud = Emulator(scenario.emulator, self._programs, directory)
        stack.callback(cloud.stop)
        cloud.start()
        return open_world(self._programs, self._cluster, self._installation, directory, f"s{number}", cloud)


def _one(
    count: str, scenario: Scenario | Standalone, surroundings: contextlib.AbstractContextManager[World | Desk]
) -> Result:
    started = time.monotonic()
    usage = Usage([])
    note = ""
    passed = False
    try:
        with surroundings as world:
            try:
                with _deadline(scenario.seconds):
                    if isinstance(scenario, Scenario):
                        world.add_nodes(scenario.nodes)
                    note = str(scenario.run(world) or "")
                passed = True
            except (Exception, check.OutOfTime) as failure:
                note = _report(scenario, world, failure)
            usage = world.usage()
    except Exception as failure:
        passed = False
        note = f"surroundings: {failure}"
        say(traceback.format_exc())
    result = Result(scenario.name, passed, usage, time.monotonic() - started, note)
    state = "ok  " if passed else "FAIL"
    say(f"{count} {state} {result.name} ({result.seconds:.1f} s, AWS calls {result.usage}) {note}")
    return result


def say(text: str) -> None:
    """Prints at once, so that a log that is cut off shows how far it came."""
    print(text, flush=True)


def summary(results: list[Result]) -> str:
    """The table and the closing line."""
    rows = [
        [r.name, "ok" if r.passed else "FAILED", str(r.usage), f"{r.seconds:.1f}", r.note.split("\n")[0][:160]]
        for r in results
    ]
    passed = sum(result.passed for result in results)
    text = table.render(["scenario", "result", "AWS calls used", "seconds", "note"], rows)
    return f"\n{text}\n\n{passed} passed, {len(results) - passed} failed"


@contextlib.contextmanager
def work_directory() -> Iterator[Path]:
    """A temporary directory for everything that a run writes."""
    directory = Path(tempfile.mkdtemp(prefix="origo-e2e-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raises `OutOfTime` in the main thread when the seconds are over."""

    def ring(_signal: int, _frame: object) -> None:
        raise check.OutOfTime(f"not finished within {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _report(scenario: Scenario | Standalone, world: World | Desk, failure: BaseException) -> str:
    """Prints what helps to find the cause and returns it in one line."""
    say(f"\n===== {scenario.name} failed: {failure}")
    frames = [frame for frame in traceback.extract_tb(failure.__traceback__) if "scenarios" in frame.filename]
    for frame in frames:
        say(f"  at {Path(frame.filename).name}:{frame.lineno} {frame.line}")
    if not isinstance(failure, (check.Failure, check.OutOfTime)):
        traceback.print_exception(failure, file=sys.stdout)
    say(f"--- AWS calls: {world.usage().detail()}")
    for call in world.usage().calls[-25:]:
        say(f"  {call.status} {call.action}")
    for origo in world.origos:
        state = "running" if origo.process.running else f"ended with {origo.process.exit_code}"
        say(f"--- {origo.process.log.name} ({state})\n{origo.process.tail(60)}")
    say("=====\n")
    return str(failure)
