"""A call with what AWS's documentation says that it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from origo_e2e.probe.bench import Bench

Call = Callable[[Bench], object]

OK = "ok"

# What a refusal of a wrong or contradictory argument may be called: the reference lists the codes for an action as a
# whole, not for each of its rules, and "Common errors" adds ValidationError.
WRONG = ("ValidationError", "InvalidConfigurationRequest")


class Verdict(Enum):
    """How an answer compares: as documented, another one, or refused where it should have been accepted."""

    PASS = "PASS"
    DIFF = "DIFF"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Answer:
    """What came back, in one word."""

    text: str
    refused: bool


@dataclass(frozen=True)
class Question:
    """`call` returns what is compared with `expected`, nothing for "it succeeds". Codes of refusals are in `codes`.

    `page` of AWS's API reference (or of a guide) says `line`, in our words.
    """

    page: str
    line: str
    call: Call
    expected: str
    codes: tuple[str, ...]

    def ask(self, bench: Bench) -> Answer:
        """Makes the call and takes away what it made."""
        try:
            value = self.call(bench)
            return Answer(OK if value is None or self.codes else str(value), refused=False)
        except ClientError as refusal:
            return Answer(refusal.response["Error"]["Code"], refused=True)
        except (BotoCoreError, ResponseParserError) as odd:
            return Answer(type(odd).__name__, refused=True)
        except LookupError as missing:
            return Answer(f"no {missing}", refused=False)
        finally:
            bench.clear()

    def judge(self, answer: Answer) -> Verdict:
        """Compares an answer with what is documented."""
        if answer.refused == bool(self.codes) and answer.text in (*self.codes, self.expected):
            return Verdict.PASS
        return Verdict.FAIL if answer.refused and not self.codes else Verdict.DIFF

    @property
    def documented(self) -> str:
        """What is expected, for the table; of several codes the most telling."""
        return self.codes[0] if self.codes else self.expected


ALL: list[Question] = []


def says(page: str, line: str, call: Call, expected: object = OK) -> None:
    """Registers a call that AWS accepts. `page` is that of the action or type, `line` what it says in our words."""
    ALL.append(Question(page, line, call, str(expected), ()))


def refuses(page: str, line: str, call: Call, *codes: str) -> None:
    """Registers a call that AWS refuses with one of these codes."""
    ALL.append(Question(page, line, call, "", codes))
