"""Summarise a study: each participant's progress, and the judgements by source."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_selfrepair.annotate.agreement import Agreement, agreement
from pytest_selfrepair.annotate.judgements import Judgement
from pytest_selfrepair.annotate.study_plan import Study
from pytest_selfrepair.annotate.text_judging import Accuracy, EditSize
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.feedback.human import HumanText


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantProgress:
    """The progress of a participant.

    Attributes:
        participant: Their code.
        programs: Programs they are shown; None without a study.
        answered: The number of their answers.
        drafts: Programs with a draft that differs from their answer.
        judged: Texts they have judged.
        minutes: Minutes spent on their answers.
        consented: Whether they have consented; None without a study.
        withdrawn: Whether they have withdrawn.
    """

    participant: str
    programs: int | None
    answered: int
    drafts: int
    judged: int
    minutes: float
    consented: bool | None
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTexts:
    """The judgements of one source's texts.

    Attributes:
        source: `human`, or a feedback source of the run.
        texts: Distinct texts that were judged.
        judgements: Judgements of these texts by all people.
        accuracy: The number of judgements by accuracy.
        change: The number of judgements by the size of the change.
    """

    source: str
    texts: int
    judgements: int
    accuracy: Mapping[str, int]
    change: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFindings:
    """The results of a study.

    Attributes:
        answers: The number of answers.
        people: The number of people who wrote them.
        programs: The number of programs they are on.
        games: The number of games they are on.
        median_seconds: Median seconds spent on an answer; None without answers.
        median_words: Median words of an answer; None without answers.
        judged: By source, human first.
        accuracy: The agreement on accuracy.
        change: The agreement on the size of the change.
    """

    answers: int
    people: int
    programs: int
    median_seconds: float | None
    median_words: float | None
    judged: tuple[JudgedTexts, ...]
    accuracy: Agreement
    change: Agreement
    games: int = 0


def found(answers: Sequence[HumanText], judgements: Sequence[Judgement]) -> StudyFindings:
    """Compute the results.

    Args:
        answers: People's answers.
        judgements: People's judgements.
    """
    seconds = [each.seconds for each in answers if each.seconds is not None]
    words = [len(each.feedback.split()) for each in answers]
    about = {(each.task_id, each.program_hash) for each in answers}
    games = sum(item.rpartition("::")[2] in set(BargainRole) for item, _ in about)
    return StudyFindings(
        answers=len(answers),
        people=len({each.participant for each in answers}),
        programs=len(about) - games,
        games=games,
        median_seconds=statistics.median(seconds) if seconds else None,
        median_words=statistics.median(words) if words else None,
        judged=by_source(judgements),
        accuracy=agreement(_ratings(judgements, "accuracy")),
        change=agreement(_ratings(judgements, "change")),
    )


def by_source(judgements: Iterable[Judgement]) -> tuple[JudgedTexts, ...]:
    """The table of judgements, human texts first, then by source name."""
    grouped: dict[str, list[Judgement]] = defaultdict(list)
    for each in judgements:
        grouped[each.source].append(each)
    return tuple(
        JudgedTexts(
            source=source,
            texts=len({_text_identity(each) for each in of}),
            judgements=len(of),
            accuracy=_counts([each.accuracy for each in of], list(Accuracy)),
            change=_counts([each.change for each in of], list(EditSize)),
        )
        for source, of in sorted(grouped.items(), key=lambda each: (each[0] != "human", each[0]))
    )


def progress(
    study: Study | None,
    answers: Sequence[HumanText],
    drafts: Sequence[str],
    judgements: Sequence[Judgement],
    *,
    consented: Iterable[str],
    withdrawn: Iterable[str],
) -> list[ParticipantProgress]:
    """Everyone's progress: the study's participants in order, then others by code.

    Args:
        study: The design; None: everyone who wrote anything.
        answers: All answers.
        drafts: The participant of each draft.
        judgements: All judgements.
        consented: The participants who have consented.
        withdrawn: The participants who have withdrawn.
    """
    programs = {each.code: len(each.programs) for each in study.participants} if study else {}
    agreed, gone = set(consented), set(withdrawn)
    answered = Counter(each.participant for each in answers)
    drafted, judged = Counter(drafts), Counter(each.participant for each in judgements)
    spent = dict.fromkeys(answered, 0.0)
    for each in answers:
        spent[each.participant] += each.seconds or 0.0
    others = {*answered, *drafted, *judged, *gone} - set(programs)
    return [
        ParticipantProgress(
            participant=code,
            programs=programs.get(code),
            answered=answered[code],
            drafts=drafted[code],
            judged=judged[code],
            minutes=round(spent.get(code, 0.0) / 60, 1),
            consented=code in agreed if code in programs else None,
            withdrawn=code in gone,
        )
        for code in (*programs, *sorted(others))
    ]


def _counts(found: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    counted = Counter(found)
    return {str(name): counted[name] for name in names}


def _ratings(judgements: Iterable[Judgement], field: str) -> dict[str, dict[str, str]]:
    ratings: dict[str, dict[str, str]] = defaultdict(dict)
    for each in judgements:
        ratings[_text_identity(each)][each.participant] = getattr(each, field)
    return ratings


def _text_identity(judgement: Judgement) -> str:
    """The identity of a judged text; equal texts on a program are one, whatever their source."""
    return repr((judgement.task_id, judgement.program_hash, judgement.text_hash))
