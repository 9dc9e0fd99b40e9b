"""`selfrepair study create` and `renew`: a study's design and the links of its participants."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from pytest_selfrepair.annotate import study_plan
from pytest_selfrepair.annotate.finished_games import finished
from pytest_selfrepair.annotate.person import StudyItem
from pytest_selfrepair.annotate.study_items import failing
from pytest_selfrepair.commands.output import show, tell
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.report.numbers import plural
from pytest_selfrepair.store import run_names

PROGRAMS, GAMES = "programs", "games"
"""The possible subjects of a study."""


def create(
    run: str,
    out: Path,
    *,
    people: int,
    each: int,
    per_program: int,
    seed: int,
    address: str,
    kind: str | None = None,
) -> int:
    """Design a study, write its file, and print the participants' links, which are not stored.

    Args:
        run: A RUN.
        out: The study's file.
        people: The number of participants.
        each: Programs or games shown to each.
        per_program: Participants who are shown each program or game.
        seed: The seed of the random assignment.
        address: The beginning of links.
        kind: Whether to draw `programs` or `games`; None: programs, where the run has any.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: Such an assignment is impossible, there is no such run, or the file exists.
        StoreError: The run cannot be read.
    """
    stored = run_names.load(run)
    items = _drawn_from(stored, kind)
    design, given = study_plan.create(
        items, run=stored.name, people=people, each=each, per_program=per_program, seed=seed
    )
    noun, whole = items[0].noun, items[0].whole
    study_plan.save(design, out, noun=noun)
    keys = {key for participant in design.participants for key in participant.programs}
    shown = [item for item in items if item.key in keys]
    by_difficulty = Counter(item.difficulty for item in shown)
    order = [*map(str, Difficulty), *by_difficulty]
    parts = [
        f"{by_difficulty[name]} {name}" for name in dict.fromkeys(order) if by_difficulty[name]
    ]
    tasks = len({item.key.task_id for item in shown})
    tell(
        f"selfrepair: {out}: {plural(people, 'participant')}, {plural(len(shown), noun)} of "
        f"{plural(tasks, whole)} ({', '.join(parts)}), {per_program} people each"
    )
    tell(
        f"selfrepair: edit {design.consent} and {design.instructions} beside it before anybody "
        "opens a link; the links are not stored:"
    )
    show(
        tabulate(
            [_link(address, code, secret) for code, secret in given.items()],
            tablefmt="plain",
            disable_numparse=True,
        )
    )
    return 0


def _drawn_from(stored: run_names.LoadedRun, kind: str | None) -> Sequence[StudyItem]:
    programs, games = failing(stored), finished(stored)
    if kind is None:
        return programs or games
    return games if kind == GAMES else programs


def renew(path: Path, code: str, *, address: str) -> int:
    """Give a participant a new link and revoke the old one.

    Args:
        path: The study's file.
        code: The participant.
        address: The beginning of links.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such study or participant, or the file cannot be written.
    """
    design, secret = study_plan.renewed(study_plan.load(path), code)
    study_plan.save(design, path, anew=False)
    tell("selfrepair: the old link works until `selfrepair annotate` is restarted")
    show(" ".join(_link(address, code, secret)))
    return 0


def _link(address: str, code: str, secret: str) -> tuple[str, str]:
    return code, f"{address.rstrip('/')}/enter/{secret}"
