"""Asking all stand-ins all questions, and the table of the answers."""

from concurrent.futures import ThreadPoolExecutor

from origo_e2e import table
from origo_e2e.probe import balancers, ec2, groups, listeners, targets  # noqa: F401 - they register their questions
from origo_e2e.probe.bench import Bench
from origo_e2e.probe.question import ALL, Answer, Question, Verdict


class Results:
    """What each stand-in answered to each question."""

    def __init__(self, benches: dict[str, Bench]) -> None:
        self.names = list(benches)
        with ThreadPoolExecutor() as asking:
            asked = {name: asking.submit(lambda b=bench: [q.ask(b) for q in ALL]) for name, bench in benches.items()}
        told = {name: answers.result() for name, answers in asked.items()}
        self.answers: list[tuple[Question, dict[str, Answer]]] = [
            (question, {name: told[name][place] for name in self.names}) for place, question in enumerate(ALL)
        ]

    def count(self, name: str) -> str:
        """Pass, differ, fail of a stand-in."""
        verdicts = [question.judge(answers[name]) for question, answers in self.answers]
        return "/".join(str(verdicts.count(verdict)) for verdict in Verdict)

    def wrong(self, name: str) -> list[str]:
        """Where a stand-in is not as documented."""
        return [
            f"{question.page}: {question.line}: expected {question.documented}, found {answers[name].text}"
            for question, answers in self.answers
            if question.judge(answers[name]) is not Verdict.PASS
        ]

    def differences(self) -> str:
        """A row for each question that any of them answers otherwise than documented, and the sums."""
        rows = [
            [question.page, question.line, question.documented, *(self._cell(question, answers, n) for n in self.names)]
            for question, answers in self.answers
            if any(question.judge(answer) is not Verdict.PASS for answer in answers.values())
        ]
        sums = ["", f"{len(self.answers)} asked: pass/differ/fail", "", *(self.count(name) for name in self.names)]
        return table.render(["page of AWS", "says", "expected", *self.names], [*rows, sums])

    @staticmethod
    def _cell(question: Question, answers: dict[str, Answer], name: str) -> str:
        verdict = question.judge(answers[name])
        return verdict.value if verdict is Verdict.PASS else f"{verdict.value} {answers[name].text[:40]}"
