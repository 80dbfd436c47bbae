"""Pages of the documentation, done as they are written."""

import re
from dataclasses import dataclass
from pathlib import Path

from origo_e2e import check
from origo_e2e.processes import Process
from origo_e2e.programs import ROOT

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "=== block "


@dataclass(frozen=True)
class Step:
    """A block of commands, and what the page says that they print; in it `...` stands for anything."""

    commands: str
    expected: str


def blocks(page: str, language: str) -> list[str]:
    """The page's blocks in a language."""
    return [text for name, text in _BLOCK.findall((ROOT / page).read_text()) if name == language]


def steps(page: str) -> list[Step]:
    """The blocks of commands in order, each with the block of text that follows it, if one does."""
    found = [(name, text) for name, text in _BLOCK.findall((ROOT / page).read_text()) if name in ("sh", "text")]
    following = [*found[1:], ("", "")]
    return [
        Step(text, then if kind == "text" else "")
        for (name, text), (kind, then) in zip(found, following, strict=True)
        if name == "sh"
    ]


def play(page: str, env: dict[str, str], directory: Path, seconds: float) -> int:
    """Runs the commands in one shell, from the root of the source tree; returns how many blocks there are. Fails where
    one fails, or prints something else than the page says.
    """
    todo = steps(page)
    lines = ["set -euo pipefail"]
    for number, step in enumerate(todo):
        lines += [f"echo '{_MARK}{number}'", step.commands]
    shell = Process("page", ["bash", "-c", f"cd '{ROOT}'\n" + "\n".join(lines)], directory / "page.log", env)
    try:
        shell.start()
        check.eventually(lambda: check.true(not shell.running, shell.tail()), seconds, f"the end of {page}")
        printed = shell.log.read_text()
        check.equal(shell.exit_code, 0, f"exit code of the commands; {shell.tail()}")
    finally:
        shell.stop()
    answers = re.split(rf"^{_MARK}\d+\n", printed, flags=re.MULTILINE)[1:]
    for step, answer in zip(todo, answers, strict=True):
        _expect(step, answer)
    return len(todo)


def _expect(step: Step, answer: str) -> None:
    rest = [_plain(line) for line in answer.splitlines()]
    for line in filter(None, map(_plain, step.expected.splitlines())):
        pattern = ".*".join(map(re.escape, line.split("...")))
        matching = [number for number, printed in enumerate(rest) if re.fullmatch(pattern, printed)]
        check.true(matching, f"'{line}' is not, or not in this place, in what '{step.commands}' prints:\n{answer}")
        rest = rest[matching[0] + 1 :]


def _plain(line: str) -> str:
    return re.sub(r"\s+", " ", line).strip()
