"""The surroundings of a scenario that brings its own cluster and cloud: a folder, and `origo dev` as a process."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from origo_e2e import check
from origo_e2e.aws import Emulator
from origo_e2e.calls import Usage
from origo_e2e.kubernetes import Kubectl
from origo_e2e.processes import Process, listening
from origo_e2e.programs import Programs

_END_SECONDS = 15


class Dev:
    """One `bin/origo dev`. Its temporary files go to a folder of its own, which it has to leave empty."""

    def __init__(self, programs: Programs, directory: Path, options: tuple[str, ...]) -> None:
        self._temporary = directory / "temporary"
        self._temporary.mkdir()
        env = os.environ | {"ORIGO_JAVA_OPTIONS": f"-Djava.io.tmpdir={self._temporary}"}
        self.process = Process("origo dev", [programs.origo, "dev", *options], directory / "origo-dev.log", env)
        self._sockets: set[str] = set()

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self.process.log.read_text(errors="replace")

    def printed(self, pattern: str, seconds: float = 60) -> str:
        """Waits for text that matches, and gives its group."""

        def look() -> str:
            found = re.search(pattern, self.output)
            if not found:
                self.process.require_running()
                raise check.Failure(f"'{pattern}' is not in what it printed")
            return found.group(1)

        return check.eventually(look, seconds, f"origo dev prints '{pattern}'")

    def note_sockets(self) -> None:
        """Remembers the addresses that it listens on now, to be free once it has ended."""
        self._sockets |= self.process.listening()
        check.true(self._sockets, "origo dev listens nowhere")

    def ended(self, seconds: float = _END_SECONDS) -> int:
        """Waits for its end; fails if a process, a socket or a file of it stays. Gives the exit code."""
        code = check.eventually(self._exit_code, seconds, "origo dev ends")
        check.equal(self.process.members(), [], "processes that stay")
        check.equal(self._sockets & listening(), set(), "addresses that are still listened on")
        check.equal([path.name for path in self._temporary.iterdir()], [], "files that stay")
        return code

    def _exit_code(self) -> int:
        code = self.process.exit_code
        if code is None:
            raise check.Failure("it still runs")
        return code


@dataclass
class Desk:
    """Made by `open_desk`; what was started ends with it."""

    programs: Programs
    directory: Path
    processes: contextlib.ExitStack
    origos: list[Dev] = field(default_factory=list)

    def dev(self, *options: str) -> Dev:
        """Starts `origo dev`."""
        directory = self.directory / f"dev-{len(self.origos) + 1}"
        directory.mkdir()
        dev = Dev(self.programs, directory, options)
        self.origos.append(dev)
        self.processes.callback(dev.process.kill)
        dev.process.start()
        return dev

    def served(self, *options: str) -> tuple[Dev, Kubectl]:
        """Starts `origo dev --serve` and gives it with the kubectl for the KUBECONFIG that it prints."""
        dev = self.dev("--serve", *options)
        return dev, Kubectl(self.programs.kubectl, Path(dev.printed(r"export KUBECONFIG=(\S+)")))

    def emulator(self, kind: str) -> Emulator:
        """Starts a stand-in for AWS."""
        cloud = Emulator(kind, self.programs, self.directory)
        self.processes.callback(cloud.stop)
        cloud.start()
        cloud.wait_ready()
        return cloud

    def usage(self, _mark: int = 0) -> Usage:
        """Nothing is counted here."""
        return Usage([])


@contextlib.contextmanager
def open_desk(programs: Programs, directory: Path) -> Iterator[Desk]:
    """An empty desk; it is cleared in the end, also after a failure."""
    with contextlib.ExitStack() as stack:
        yield Desk(programs, directory, stack)
