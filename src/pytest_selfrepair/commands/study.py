"""`selfrepair study`: the design of a study, how far it is, and what was found in it."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
from tabulate import tabulate

from pytest_selfrepair.annotate import study, summary
from pytest_selfrepair.annotate.answers import Answers
from pytest_selfrepair.annotate.export import as_lines
from pytest_selfrepair.annotate.items import failing
from pytest_selfrepair.annotate.judging import Accuracy, Change
from pytest_selfrepair.commands.export import opened
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.estimate.agreement import Agreement
from pytest_selfrepair.report.numbers import NOTHING, count, percent, plural, ratio
from pytest_selfrepair.store import runs

DEFAULT_STUDY = Path(".selfrepair") / "study.json"
"""Where a study's design is written where nothing else is said."""

_AMOUNTS = {Change.SMALL: "small", Change.LARGE: "large", Change.NONE: "no"}


def create(
    run: str, out: Path, *, people: int, each: int, per_program: int, seed: int, address: str
) -> int:
    """Design a study, write its file, and print the participants' links, which are kept nowhere.

    Args:
        run: A RUN.
        out: The study's file.
        people: How many participants.
        each: Programs that each is shown.
        per_program: Participants who are shown each program.
        seed: Of the lot.
        address: What links begin with.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such assignment, no such run, or the file is there already.
        StoreError: The run cannot be read.
    """
    stored = runs.load(run)
    items = failing(stored)
    design, given = study.create(
        items, run=stored.name, people=people, each=each, per_program=per_program, seed=seed
    )
    study.save(design, out)
    keys = {key for participant in design.participants for key in participant.programs}
    shown = [item for item in items if item.key in keys]
    by_difficulty = Counter(item.difficulty for item in shown)
    order = [*map(str, Difficulty), *by_difficulty]
    parts = [
        f"{by_difficulty[name]} {name}" for name in dict.fromkeys(order) if by_difficulty[name]
    ]
    tasks = len({item.key.task_id for item in shown})
    _tell(
        f"selfrepair: {out}: {plural(people, 'participant')}, {plural(len(shown), 'program')} of "
        f"{plural(tasks, 'task')} ({', '.join(parts)}), {per_program} people each"
    )
    _tell(
        f"selfrepair: edit {design.consent} and {design.instructions} beside it before anybody "
        "opens a link; the links are kept nowhere:"
    )
    _print(
        tabulate(
            [_link(address, code, secret) for code, secret in given.items()],
            tablefmt="plain",
            disable_numparse=True,
        )
    )
    return 0


def renew(path: Path, code: str, *, address: str) -> int:
    """Give a participant another link; the old one ends.

    Args:
        path: The study's file.
        code: Whose.
        address: What links begin with.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such study or participant, or the file cannot be written.
    """
    design, secret = study.renewed(study.load(path), code)
    study.save(design, path, anew=False)
    _tell("selfrepair: the old link ends when `selfrepair annotate` is started again")
    _print(" ".join(_link(address, code, secret)))
    return 0


def status(path: Path | None, answers: Path, *, as_json: bool) -> int:
    """Print how far participants are.

    Args:
        path: The study's file; None: whoever wrote anything.
        answers: The file of answers.
        as_json: Print JSON rather than a table.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such study.
        StoreError: The answers cannot be read.
    """
    design = study.load(path) if path else None
    codes = [each.code for each in design.participants] if design else []
    with Answers(answers, create=False) as kept:
        found = summary.progress(
            design,
            kept.answers(),
            [who for who, _ in kept.drafted()],
            kept.judgements(),
            consented=[code for code in codes if kept.consented(code)],
            withdrawn=kept.withdrawn(),
        )
    if as_json:
        _print(json.dumps(msgspec.to_builtins(found), indent=2))
        return 0
    rows = [
        (
            each.participant,
            "withdrawn"
            if each.withdrawn
            else {None: NOTHING, True: "yes", False: "no"}[each.consented],
            each.answered if each.programs is None else f"{each.answered} of {each.programs}",
            each.drafts,
            each.judged,
            f"{each.minutes:.1f}",
        )
        for each in found
    ]
    headers = ("participant", "agreed", "answered", "drafts", "judged", "minutes")
    table = tabulate(rows, headers=headers, disable_numparse=True)
    _print(table if rows else f"{answers} holds nothing yet.")
    return 0


def export(answers: Path, out: Path | None) -> int:
    """Write what people wrote as JSON Lines.

    Args:
        answers: The file of answers.
        out: Where the lines go; None: standard output.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: It cannot be written.
        StoreError: The answers cannot be read.
    """
    with Answers(answers, create=False) as kept:
        found = kept.answers()
    with opened(out) as say:
        for line in as_lines(found):
            say(line)
    _tell(f"selfrepair: exported {plural(len(found), 'answer')}")
    return 0


def report(answers: Path, *, as_json: bool) -> int:
    """Print what people wrote and judged: the judgements by source, and how far people agree.

    Args:
        answers: The file of answers.
        as_json: Print JSON rather than tables.

    Returns:
        The exit status, 0.

    Raises:
        StoreError: The answers cannot be read.
    """
    with Answers(answers, create=False) as kept:
        found = summary.found(kept.answers(), kept.judgements())
    if as_json:
        _print(json.dumps(msgspec.to_builtins(found), indent=2))
        return 0
    wrote = f"{plural(found.answers, 'answer')} on {plural(found.programs, 'program')}"
    wrote += f", {found.people} people"
    if found.median_seconds is not None:
        wrote += (
            f"; median {count(round(found.median_seconds))} s and {count(found.median_words)} words"
        )
    _print(f"{wrote}.\n")
    if not found.judged:
        _print("No text was judged yet: `selfrepair annotate RUN --judge`.")
        return 0
    _print("Judgements by source (shares of judgements)")
    _print(_judged(found.judged))
    _print("\nAgreement between people (texts that two or more have judged)")
    _print(_agreement([("accuracy", found.accuracy), ("change", found.change)]))
    return 0


def _judged(found: Sequence[summary.Judged]) -> str:
    names = [*map(str, Accuracy), *(f"{_AMOUNTS[change]} change" for change in Change)]
    rows = [
        (
            each.source,
            each.texts,
            each.judgements,
            *(
                f"{number} ({percent(number / each.judgements)})"
                for number in (*each.accuracy.values(), *each.change.values())
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
                percent(each.share),
                ratio(each.fleiss),
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
                ratio(pair.kappa),
                "Cohen",
            )
            for pair in each.by_pair
        ]
    headers = ("judged", "people", "texts", "pairs the same", "share", "kappa", "whose")
    return tabulate(rows, headers=headers, disable_numparse=True)


def _link(address: str, code: str, secret: str) -> tuple[str, str]:
    return code, f"{address.rstrip('/')}/enter/{secret}"


def _tell(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - what a command does


def _print(text: str) -> None:
    print(text.encode(errors="backslashreplace").decode())  # noqa: T201 - as above
