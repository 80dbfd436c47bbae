"""Programs that the scenarios start, each ended by its own pid and with its own log."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
from pathlib import Path

from origo_e2e.check import Broken

_PR_SET_PDEATHSIG = 1
_LISTEN = "0A"  # the state, as /proc/net/tcp writes it
_libc = ctypes.CDLL(None)


def free_port() -> int:
    """A TCP port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _prepare() -> None:
    """Has the kernel end the new process should the runner be killed outright, and lets it hear Ctrl-C, which what runs
    in a shell's background ignores from birth.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def listening() -> set[str]:
    """The addresses that anybody listens on for TCP."""
    return {address for address, _inode in _listeners()}


class Process:
    """One started program. It leads a process group, so that a launcher script and what it launches end together.

    Start it from the main thread: the kernel ends it with the thread that started it.
    """

    def __init__(self, name: str, command: list[str], log: Path, env: dict[str, str] | None = None) -> None:
        self.name = name
        self.command = command
        self.log = log
        self._env = env
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the program; its output is appended to the log."""
        with self.log.open("ab") as sink:
            self._child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=self._env,
                start_new_session=True,
                preexec_fn=_prepare,
            )

    @property
    def pid(self) -> int:
        """The pid, also after the program has ended."""
        if self._child is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether the program was started and has not ended."""
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The exit code; None while it runs."""
        return None if self._child is None else self._child.poll()

    def require_running(self) -> None:
        """Fails with the end of the log if the program has ended."""
        if not self.running:
            raise Broken(f"{self.name} ended with code {self.exit_code}:\n{self.tail()}")

    def interrupt(self) -> None:
        """Sends what Ctrl-C sends, to the whole group as a terminal does."""
        self._signal(signal.SIGINT)

    def pause(self) -> None:
        """Stops the program where it is, as a machine does that is suspended (SIGSTOP)."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets it go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Ends the program at once, as a crash would (kill -9), and waits until it is gone."""
        self._signal(signal.SIGKILL)
        if self._child is not None:
            self._child.wait()

    def stop(self, seconds: float = 10) -> int | None:
        """Asks the program to end, waits up to `seconds` and then kills it. Returns its exit code."""
        if self._child is None:
            return None
        if self.running:
            os.kill(self._child.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(seconds)
        self.kill()
        return self._child.returncode

    def tail(self, lines: int = 30) -> str:
        """The last lines of the log."""
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def rss_peak_mib(self) -> int:
        """The most resident memory that any process of the group has had so far, in MiB."""
        return max(_peak_kib(entry) for entry in self._members()) // 1024

    def cpu_seconds(self) -> float:
        """Time that the whole group has computed so far."""
        ticks = 0
        for entry in self._members():
            # The program's name, in brackets, may hold anything; utime and stime are fields 14 and 15 of the line.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def members(self) -> list[int]:
        """Pids of the whole group."""
        return [int(entry.name) for entry in self._members()]

    def listening(self) -> set[str]:
        """The addresses, as /proc/net writes them, that the group listens on for TCP."""
        links = {link for entry in self._members() for link in _links(entry / "fd")}
        return {address for address, inode in _listeners() if f"socket:[{inode}]" in links}

    def _members(self) -> list[Path]:
        numbered = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return [entry for entry in numbered if _group_of(int(entry.name)) == self.pid]

    def _signal(self, number: int) -> None:
        if self._child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, number)


def _peak_kib(entry: Path) -> int:
    line = next(line for line in (entry / "status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1])


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _listeners() -> list[tuple[str, str]]:
    """Address and inode of every socket that listens."""
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    lines = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return [(fields[1], fields[9]) for fields in lines if fields[3] == _LISTEN]


def _links(folder: Path) -> set[str]:
    links = set()
    for entry in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            links.add(os.readlink(entry))
    return links
