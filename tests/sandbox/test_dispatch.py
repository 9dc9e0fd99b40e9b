"""What workers get next, and what becomes of what they had: every program is answered once."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.batch_costs import FIRST_GUESS, TARGET
from pytest_selfrepair.sandbox.batches import WINDOW, Batch, Node
from pytest_selfrepair.sandbox.dispatch import Dispatcher
from pytest_selfrepair.sandbox.judge_request import (
    Answer,
    Cases,
    Execution,
    JudgeJob,
    JudgeRequest,
)

PASSED = Verdict(outcome=Outcome.PASSED, cases_run=1, cases_passed=1)
SLOW = Verdict(outcome=Outcome.TIME_LIMIT, cases_run=1, cases_passed=0)
PATIENCE = 10.0


def cases(name: str) -> Cases:
    return Cases(digest=name, task_id=f"tasks/{name}", data=b"", seconds=1.0)


class Waiting:
    """A dispatcher with programs of some tasks, and the answers that came."""

    def __init__(self, *tasks: str, workers: int = 1, threads: int = 1) -> None:
        self.dispatcher = Dispatcher(PATIENCE)
        self.answers: list[tuple[int, Answer]] = []
        for number, name in enumerate(tasks):
            self.add(number, name)
        for number in range(workers):
            self.join(f"w{number}", threads)

    def add(self, number: int, name: str) -> JudgeRequest:
        request = JudgeRequest(
            cases=cases(name),
            job=JudgeJob(program=str(number)),
            answer=lambda answer: self.answers.append((number, answer)),
        )
        self.dispatcher.add(request)
        return request

    def join(self, address: str, threads: int = 1) -> Node:
        return self.dispatcher.join(address, threads)

    def node(self, number: int = 0) -> Node:
        return self.dispatcher.nodes[f"w{number}"]

    def next(self, number: int = 0, now: float = 0.0) -> Batch | None:
        return self.dispatcher.next_batch(self.node(number), now)

    def finish(
        self, batch: Batch, number: int = 0, now: float = 0.0, *, found: Answer = PASSED
    ) -> None:
        self.dispatcher.finished(self.node(number), batch, executed(batch, found), now)


def executed(batch: Batch, found: Answer, count: int | None = None) -> list[Execution]:
    return [Execution(answer=found, seconds=0.01)] * (count or len(batch.requests))


def programs(batch: Batch | None) -> list[str]:
    assert batch is not None
    return [request.job.program for request in batch.requests]


def test_programs_of_a_task_stay_together_in_batches() -> None:
    waiting = Waiting("a", "b", "a", "b")
    assert programs(waiting.next()) == ["0", "2"]
    assert programs(waiting.next()) == ["1", "3"]
    assert waiting.next() is None


def test_few_programs_of_many_tasks_make_one_batch() -> None:
    waiting = Waiting(*"abcabcabcabc")
    waiting.node().known["c"] = None
    assert programs(waiting.next()) == ["2", "5", "8", "11", "0", "3"]


def test_a_batch_takes_no_longer_than_it_should() -> None:
    waiting = Waiting(*"ab" * 50)
    first = waiting.next()
    assert first is not None
    assert len(first.requests) == round(TARGET / FIRST_GUESS)


def test_a_worker_has_no_more_than_its_window() -> None:
    waiting = Waiting(*"abcdefgh", threads=2)
    found = [waiting.next() for _ in range(8)]
    assert sum(batch is not None for batch in found) == 2 * WINDOW


def test_a_worker_gets_programs_of_a_task_whose_cases_it_has() -> None:
    waiting = Waiting("a", "b", "c")
    waiting.node().known["c"] = None
    assert programs(waiting.next()) == ["2", "0"]


def test_few_programs_are_shared_out_among_workers() -> None:
    waiting = Waiting(*"aaaa", workers=2)
    assert [len(programs(waiting.next(number))) for number in (0, 1, 0, 1)] == [1, 1, 1, 1]


def test_what_a_worker_did_not_come_to_is_given_to_another() -> None:
    waiting = Waiting(*"aaaaaaaa", workers=2)
    batch = waiting.next()
    assert batch is not None
    waiting.dispatcher.finished(waiting.node(), batch, executed(batch, PASSED, 1), 3.0)
    assert programs(waiting.next(1)) == programs(batch)[1:]


def test_only_what_a_lost_worker_ran_is_suspect() -> None:
    waiting = Waiting("a", "b", "c", workers=2)
    first, second = waiting.next(), waiting.next()
    waiting.dispatcher.lost("w0", 0.0)
    other = waiting.next(1)
    assert other is not None
    assert other.suspect
    assert programs(other) == programs(first)
    assert waiting.next(1) is None  # beside a suspect batch nothing is run
    waiting.finish(other, 1)
    assert programs(waiting.next(1)) == programs(second)


def test_the_program_with_which_workers_die_is_found_and_is_never_a_wrong_program() -> None:
    waiting = Waiting(*["a"] * 8, workers=1)
    deaths = 0
    for _ in range(100):
        address = f"w{deaths}"
        batch = waiting.dispatcher.next_batch(waiting.dispatcher.nodes[address], 0.0)
        if batch is None:
            break
        if "5" in programs(batch):
            waiting.dispatcher.lost(address, 0.0)
            deaths += 1
            waiting.join(f"w{deaths}")
        else:
            waiting.finish(batch, deaths)
    found = dict(waiting.answers)
    assert isinstance(found.pop(5), SandboxError)
    assert len(waiting.answers) == 8
    assert set(found.values()) == {PASSED}
    assert deaths <= 8


class Hanging(Waiting):
    """One program that a worker which hangs has, and another worker too, since 100 s."""

    def __init__(self) -> None:
        super().__init__("a", workers=2)
        self.first = self._given(0, now=0.0)
        assert self.dispatcher.overdue(PATIENCE) == []
        assert self.dispatcher.overdue(100.0) == [self.node(0)]
        self.second = self._given(1, now=100.0)

    def _given(self, number: int, now: float) -> Batch:
        batch = self.next(number, now)
        assert batch is not None
        assert programs(batch) == ["0"]
        return batch


def test_a_worker_that_hangs_gets_nothing_until_it_answers() -> None:
    hanging = Hanging()
    hanging.add(1, "b")
    assert hanging.next(0) is None
    hanging.finish(hanging.first, 0, 101.0)
    assert programs(hanging.next(0)) == ["1"]


@pytest.mark.parametrize("first", [0, 1])
def test_two_executions_that_agree_give_one_answer(first: int) -> None:
    hanging = Hanging()
    batches = (hanging.first, hanging.second)
    hanging.finish(batches[first], first, 101.0)
    assert hanging.answers == []  # the other execution may contradict it
    hanging.finish(batches[1 - first], 1 - first, 102.0)
    assert hanging.answers == [(0, PASSED)]
    assert hanging.dispatcher.notices == []


def test_contradictory_verdicts_are_judged_again_alone_and_flagged_unstable() -> None:
    hanging = Hanging()
    hanging.finish(hanging.second, 1, 101.0)
    hanging.finish(hanging.first, 0, 102.0, found=SLOW)
    (notice,) = hanging.dispatcher.notices
    assert notice.startswith("tasks/a: a program was judged twice, since a worker hung, with diff")
    assert notice.endswith("erent verdicts: passed, then time_limit; it is judged again, alone")
    assert hanging.answers == []
    again = hanging.next(1, now=103.0)
    assert again is not None
    assert [request.job.alone for request in again.requests] == [True]
    hanging.finish(again, 1, 104.0, found=SLOW)
    assert hanging.answers == [(0, replace(SLOW, unstable=True))]
    assert hanging.next(0, now=105.0) is None


def test_a_worker_that_hangs_is_waited_for_no_longer_than_patience_lasts() -> None:
    hanging = Hanging()
    hanging.finish(hanging.second, 1, 101.0)
    hanging.dispatcher.overdue(101.0 + PATIENCE - 1)
    assert hanging.answers == []
    hanging.dispatcher.overdue(101.0 + PATIENCE)
    assert hanging.answers == [(0, PASSED)]
    hanging.finish(hanging.first, 0, 200.0, found=SLOW)
    assert hanging.answers == [(0, PASSED)]
    assert hanging.dispatcher.notices[0].endswith("passed, then time_limit; the first counts")


def test_a_worker_that_is_gone_is_not_waited_for() -> None:
    hanging = Hanging()
    hanging.finish(hanging.second, 1, 101.0)
    hanging.dispatcher.lost("w0", 102.0)
    assert hanging.answers == [(0, PASSED)]


def test_a_verdict_counts_where_the_other_execution_could_not_judge() -> None:
    hanging = Hanging()
    hanging.finish(hanging.second, 1, 101.0, found=SandboxError("no room"))
    hanging.finish(hanging.first, 0, 102.0)
    assert hanging.answers == [(0, PASSED)]


def test_a_worker_that_dies_with_a_program_judged_alone_leaves_it_to_another() -> None:
    hanging = Hanging()
    hanging.finish(hanging.second, 1, 101.0)
    hanging.finish(hanging.first, 0, 102.0, found=SLOW)
    hanging.next(1, now=103.0)
    hanging.dispatcher.lost("w1", 104.0)
    again = hanging.next(0, now=105.0)
    assert again is not None
    hanging.finish(again, 0, 106.0)
    assert hanging.answers == [(0, replace(PASSED, unstable=True))]


def test_a_program_that_nobody_waits_for_is_not_sent() -> None:
    waiting = Waiting()
    waiting.join("w0")
    waiting.add(0, "a").dropped = True
    assert waiting.next() is None


def test_a_suspect_program_that_nobody_waits_for_keeps_no_worker_idle() -> None:
    waiting = Waiting("a", workers=2)
    first = waiting.next()
    assert first is not None
    waiting.dispatcher.lost("w0", 0.0)
    waiting.add(1, "b")
    first.requests[0].dropped = True
    assert programs(waiting.next(1)) == ["1"]


def test_where_there_is_nobody_to_judge_all_that_waits_is_given_up() -> None:
    waiting = Waiting("a", "b")
    error = SandboxError("nobody")
    waiting.dispatcher.fail_all(error)
    assert waiting.answers == [(0, error), (1, error)]
    assert not waiting.dispatcher.waiting


@given(chance=st.randoms(use_true_random=False), poison=st.sets(st.integers(0, 29), max_size=2))
def test_whatever_happens_every_program_is_answered_once(chance: Random, poison: set[int]) -> None:
    waiting = Waiting(*(chance.choice("abcd") for _ in range(30)), workers=3, threads=2)
    born, now = 3, 0.0
    for _ in range(5000):
        if len(waiting.answers) == 30:
            break
        now += 1.0
        node = chance.choice(list(waiting.dispatcher.nodes.values()))
        event = chance.random()
        waiting.dispatcher.next_batch(node, now)
        running = node.running[: node.threads]
        dies = any(int(r.job.program) in poison for batch in running for r in batch.requests)
        if dies or (event < 0.02 and len(waiting.dispatcher.nodes) > 1):
            waiting.dispatcher.lost(node.address, now)
            waiting.join(f"w{born}", 2)
            born += 1
        elif event < 0.1:
            waiting.dispatcher.overdue(now)
        elif running and event < 0.15:
            waiting.dispatcher.given_back(node, running[0], now)
        elif running and event < 0.8:
            batch = running[0]
            done = chance.randint(1, len(batch.requests))
            found = chance.choice([PASSED, SLOW])
            waiting.dispatcher.finished(node, batch, executed(batch, found, done), now)
    assert Counter(number for number, _ in waiting.answers) == dict.fromkeys(range(30), 1)
    failures = {number for number, each in waiting.answers if isinstance(each, SandboxError)}
    assert poison <= failures
    verdicts = [each for _, each in waiting.answers if isinstance(each, Verdict)]
    again = [each for each in waiting.dispatcher.notices if each.endswith("judged again, alone")]
    flagged = sum(verdict.unstable for verdict in verdicts)
    assert len(again) - len(failures) <= flagged <= len(again)


@pytest.mark.parametrize("count", [1, 40])
def test_a_batch_that_a_worker_cannot_take_is_halved_to_the_program(count: int) -> None:
    waiting = Waiting(*["a"] * count)
    for _ in range(1000):
        batch = waiting.next()
        if batch is None:
            break
        if "0" in programs(batch):
            waiting.dispatcher.failed(waiting.node(), batch, "a worker said no", 0.0)
        else:
            waiting.finish(batch)
    found = dict(waiting.answers)
    assert "a worker said no, again and again" in str(found.pop(0))
    assert set(found.values()) <= {PASSED}
    assert len(found) == count - 1
