"""The command line of the scenarios; `e2e/run` calls it."""

import argparse
import fnmatch
import sys
from pathlib import Path

from origo_e2e import scenarios
from origo_e2e.programs import ROOT, Programs
from origo_e2e.runner import Runner, say, summary, work_directory
from origo_e2e.scenario import ALL, Scenario
from origo_e2e.tools import run

_BUILD_SECONDS = 1200


def main() -> int:
    """Runs the scenarios that match; exit code 1 if any failed, 2 if none matches."""
    parser = argparse.ArgumentParser(prog="e2e/run", description="Runs Origo against real peers.")
    parser.add_argument(
        "pattern", nargs="*", help="scenario names, or parts of them, or patterns with * (default: all)"
    )
    parser.add_argument("--list", action="store_true", help="print the scenarios' names and end")
    arguments = parser.parse_args()
    scenarios.load()
    chosen = [one for one in ALL if _matches(one, arguments.pattern)]
    if arguments.list:
        print("\n".join(one.name for one in chosen))
        return 0
    if not chosen:
        print(f"no scenario matches {arguments.pattern}; e2e/run --list shows all", file=sys.stderr)
        return 2
    programs = Programs.from_environment()
    if not Path(programs.origo).is_file():
        print(f"there is no {programs.origo} to run", file=sys.stderr)
        return 2
    say(f"origo {run([programs.origo, 'version'], seconds=_BUILD_SECONDS).strip()} from {ROOT.name}")
    with work_directory() as directory:
        results = Runner(programs, directory).run(chosen)
    say(summary(results))
    return 0 if all(result.passed for result in results) else 1


def _matches(scenario: Scenario, patterns: list[str]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(scenario.name, f"*{pattern}*") for pattern in patterns)


if __name__ == "__main__":
    sys.exit(main())
