"""Running a program to its end."""

import subprocess


def run(command: list[str], stdin: str | None = None, seconds: float = 60) -> str:
    """Runs a program, returns its output and fails with what it said on stderr."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=seconds, check=False)
    if done.returncode != 0:
        said = f"{done.stdout}\n{done.stderr}" if done.stdout else done.stderr
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {said.strip()}")
    return done.stdout
