"""What a study has found: how far each participant is, and the judgements by source."""

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
    """How far a participant is.

    Attributes:
        participant: Their code.
        programs: Programs that they are shown; None where there is no study.
        answered: Answers of theirs.
        drafts: Programs of which they have a draft that differs from their answer.
        judged: Texts that they have judged.
        minutes: Spent on their answers.
        consented: Whether they agreed to take part; None where there is no study.
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
        texts: Different texts that were judged.
        judgements: Of these texts, by all people together.
        accuracy: How many judgements said so, by what they said.
        change: The same of how much is to be changed.
    """

    source: str
    texts: int
    judgements: int
    accuracy: Mapping[str, int]
    change: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFindings:
    """What a study has found.

    Attributes:
        answers: Answers that people wrote.
        people: How many people wrote them.
        programs: About how many programs.
        games: About how many games.
        median_seconds: Of the time spent on an answer; None where there is none.
        median_words: Of the length of an answer; None where there is none.
        judged: By source, human first.
        accuracy: How far people agree on what is accurate.
        change: How far they agree on how much is to be changed.
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
    """Count and compare.

    Args:
        answers: What people wrote.
        judgements: What people said of texts.
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
    """The table of judgements, human texts first, then by the sources' names."""
    grouped: dict[str, list[Judgement]] = defaultdict(list)
    for each in judgements:
        grouped[each.source].append(each)
    return tuple(
        JudgedTexts(
            source=source,
            texts=len({_thing(each) for each in of}),
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
    """How far everybody is: the participants of a study in its order, then others by code.

    Args:
        study: The design; None: whoever wrote anything.
        answers: All answers.
        drafts: The participant of each draft.
        judgements: All judgements.
        consented: Who agreed to take part.
        withdrawn: Who has withdrawn.
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
        ratings[_thing(each)][each.participant] = getattr(each, field)
    return ratings


def _thing(judgement: Judgement) -> str:
    """What names a judged text; one text about one program is one, whatever sources wrote it."""
    return repr((judgement.task_id, judgement.program_hash, judgement.text_hash))
