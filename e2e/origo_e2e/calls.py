"""What the product asked of the cloud: single calls, and sums over them that budgets are held against."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from origo_e2e import check

_READ_PREFIXES = ("Describe", "Get", "List", "AssumeRole", "GET ")

# Looked up once per process and shared by all Services, so counted apart (docs/explanation/performance.md).
_SHARED = frozenset({"DescribeVpcs", "DescribeSubnets", "DescribeRouteTables", "DescribeAvailabilityZones"})

# Asked again and again while the cloud works, and batched over all Services.
_POLLS = frozenset({"DescribeTargetHealth"})


def is_write(action: str) -> bool:
    """Whether an action of the EC2 or ELBv2 API changes something."""
    return not action.startswith(_READ_PREFIXES)


@dataclass(frozen=True)
class Call:
    """One request as the proxy saw it. `at` is monotonic seconds; `status` 0 means that no answer was passed on."""

    at: float
    action: str
    status: int
    parameters: dict[str, str]

    @property
    def write(self) -> bool:
        """Whether it changes something."""
        return is_write(self.action)


class Usage:
    """A sum over calls."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self.calls = list(calls)
        self.by_action = Counter(call.action for call in self.calls)

    @property
    def writes(self) -> int:
        """Calls that change something."""
        return sum(1 for call in self.calls if call.write)

    @property
    def reads(self) -> int:
        """Calls that change nothing."""
        return len(self.calls) - self.writes

    @property
    def accepted(self) -> "Usage":
        """Those that succeeded."""
        return Usage(call for call in self.calls if 200 <= call.status < 300)

    @property
    def unshared(self) -> "Usage":
        """Without shared look-ups."""
        return Usage(call for call in self.calls if call.action not in _SHARED)

    @property
    def budgeted(self) -> "Usage":
        """Without shared look-ups and polls: what the budgets speak of."""
        return Usage(call for call in self.unshared.calls if call.action not in _POLLS)

    def within(self, what: str, total: int, writes: int) -> None:
        """Fails if there are more calls, or more writes among them, than the budget allows."""
        fits = len(self.calls) <= total and self.writes <= writes
        check.true(fits, f"{what}: budget is {total} calls ({writes} writes), used were {self.detail()}")

    def none(self, what: str) -> None:
        """Fails if there was any call at all."""
        check.true(not self.calls, f"{what}: expected no AWS call, there were {self.detail()}")

    def detail(self) -> str:
        """Sum and actions, most frequent first."""
        actions = ", ".join(f"{count} {action}" for action, count in self.by_action.most_common())
        return f"{self} [{actions}]" if actions else str(self)

    def __str__(self) -> str:
        return f"{self.reads}r+{self.writes}w"
