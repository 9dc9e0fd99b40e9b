"""`selfrepair study status`, `export` and `report`: a study's progress and results."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
from tabulate import tabulate

from pytest_selfrepair.annotate import study_plan, study_summary
from pytest_selfrepair.annotate.agreement import Agreement
from pytest_selfrepair.annotate.answers_export import as_lines
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.text_judging import Accuracy, EditSize
from pytest_selfrepair.commands.output import opened, show, tell
from pytest_selfrepair.report.numbers import number, percent, plural

_NOTHING = "-"
_AMOUNTS = {EditSize.SMALL: "small", EditSize.LARGE: "large", EditSize.NONE: "no"}


def status(path: Path | None, answers: Path, *, as_json: bool) -> int:
    """Print the participants' progress.

    Args:
        path: The study's file; None: everyone who wrote anything.
        answers: The file of answers.
        as_json: Print JSON rather than a table.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such study.
        StoreError: The answers cannot be read.
    """
    design = study_plan.load(path) if path else None
    codes = [each.code for each in design.participants] if design else []
    with Answers(answers, create=False) as kept:
        found = study_summary.progress(
            design,
            kept.texts.answers(),
            [who for who, _ in kept.texts.drafted()],
            kept.judgements.all(),
            consented=[code for code in codes if kept.people.consented(code)],
            withdrawn=kept.people.withdrawn(),
        )
    if as_json:
        show(json.dumps(msgspec.to_builtins(found), indent=2))
        return 0
    rows = [
        (
            each.participant,
            "withdrawn"
            if each.withdrawn
            else {None: _NOTHING, True: "yes", False: "no"}[each.consented],
            each.answered if each.programs is None else f"{each.answered} of {each.programs}",
            each.drafts,
            each.judged,
            f"{each.minutes:.1f}",
        )
        for each in found
    ]
    headers = ("participant", "agreed", "answered", "drafts", "judged", "minutes")
    table = tabulate(rows, headers=headers, disable_numparse=True)
    show(table if rows else f"{answers} holds nothing yet.")
    return 0


def export(answers: Path, out: Path | None) -> int:
    """Export people's answers as JSON Lines.

    Args:
        answers: The file of answers.
        out: The file; None: standard output.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: It cannot be written.
        StoreError: The answers cannot be read.
    """
    with Answers(answers, create=False) as kept:
        found = kept.texts.answers()
    with opened(out) as say:
        for line in as_lines(found):
            say(line)
    tell(f"selfrepair: exported {plural(len(found), 'answer')}")
    return 0


def report(answers: Path, *, as_json: bool) -> int:
    """Print counts of texts and judgements, judgements by source, and agreement.

    Args:
        answers: The file of answers.
        as_json: Print JSON rather than tables.

    Returns:
        The exit status, 0.

    Raises:
        StoreError: The answers cannot be read.
    """
    with Answers(answers, create=False) as kept:
        found = study_summary.found(kept.texts.answers(), kept.judgements.all())
    if as_json:
        show(json.dumps(msgspec.to_builtins(found), indent=2))
        return 0
    about = [plural(found.programs, "program")] if found.programs or not found.games else []
    about += [plural(found.games, "game")] if found.games else []
    wrote = f"{plural(found.answers, 'answer')} on {' and '.join(about)}"
    wrote += f", {found.people} people"
    if found.median_seconds is not None:
        wrote += f"; median {number(found.median_seconds)} s and {found.median_words or 0:g} words"
    show(f"{wrote}.\n")
    if not found.judged:
        show("No text was judged yet: `selfrepair annotate RUN --judge`.")
        return 0
    show("Judgements by source (shares of judgements)")
    show(_judged(found.judged))
    show("\nAgreement between people (texts that two or more have judged)")
    show(_agreement([("accuracy", found.accuracy), ("change", found.change)]))
    return 0


def _judged(found: Sequence[study_summary.JudgedTexts]) -> str:
    names = [*map(str, Accuracy), *(f"{_AMOUNTS[change]} change" for change in EditSize)]
    rows = [
        (
            each.source,
            each.texts,
            each.judgements,
            *(
                f"{times} ({percent(times / each.judgements)})"
                for times in (*each.accuracy.values(), *each.change.values())
            ),
        )
        for each in found
    ]
    headers = ("source", "texts", "judgements", *names)
    return tabulate(rows, headers=headers, disable_numparse=True)


def _agreement(found: Sequence[tuple[str, Agreement]]) -> str:
    rows = []
    for name, each in found:
        rows.append(
            (
                name,
                "all",
                each.things,
                f"{each.same} of {each.pairs}",
                _NOTHING if each.share is None else percent(each.share),
                _kappa(each.fleiss),
                "Fleiss",
            )
        )
        rows += [
            (
                "",
                " and ".join(pair.people),
                pair.things,
                f"{pair.same} of {pair.things}",
                percent(pair.same / pair.things),
                _kappa(pair.kappa),
                "Cohen",
            )
            for pair in each.by_pair
        ]
    headers = ("judged", "people", "texts", "pairs the same", "share", "kappa", "whose")
    return tabulate(rows, headers=headers, disable_numparse=True)


def _kappa(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.2f}"
