"""Read the few facts of records that lists show, skipping megabytes of trees."""

import sqlite3
from collections.abc import Iterator

import msgspec

_BRIEFS = "SELECT task_id, unpacked(record) FROM records WHERE run = ? ORDER BY task_id"
_ONE = "SELECT task_id, unpacked(record) FROM records WHERE run = ? AND task_id = ?"


class PlanBrief(msgspec.Struct):
    """The size of a task's trees or of a scenario's games."""

    n_p: int | None = None
    n_fr: int | None = None
    n_f: int | None = None
    depth: int | None = None
    policy: str | None = None
    budget: int | None = None
    rounds: int | None = None
    games: int | None = None


class SetupBrief(msgspec.Struct):
    """The setup of a task's or scenario's run."""

    model: str | None = None
    sources: tuple[str, ...] | None = None
    arms: tuple[str, ...] | None = None
    prompts: str | None = None
    rival: str | None = None
    plan: PlanBrief | None = None

    @property
    def settings(self) -> Iterator[tuple[str, str]]:
        """Yield the given settings that distinguish runs, by name."""
        found = {} if self.plan is None else msgspec.structs.asdict(self.plan)
        for name, value in (*found.items(), ("prompts", self.prompts), ("rival", self.rival)):
            if value is not None:
                yield name, str(value)


class VerdictBrief(msgspec.Struct):
    """The verdict on a program."""

    outcome: str = ""


class NodeBrief(msgspec.Struct):
    """A program or a repair."""

    verdict: VerdictBrief = msgspec.field(default_factory=VerdictBrief)

    @property
    def passed(self) -> bool:
        """Whether it passes every case."""
        return self.verdict.outcome == "passed"


class TreeBrief(msgspec.Struct):
    """The repairs of a source."""

    repairs: tuple[NodeBrief, ...] = ()


class GrownBrief(msgspec.Struct):
    """The samples of a task."""

    programs: tuple[NodeBrief, ...] = ()
    trees: tuple[TreeBrief, ...] = ()


class ChainBrief(msgspec.Struct):
    """A chain of games."""

    number: int = 0


class CostBrief(msgspec.Struct):
    """The cost of an item."""

    tokens: int = 0
    dollars: float = 0.0
    samples: int = 0
    unpriced: int = 0


class RecordBrief(msgspec.Struct):
    """A record of either kind."""

    difficulty: str | None = None
    setup: SetupBrief | None = None
    grown: GrownBrief | None = None
    chains: tuple[ChainBrief, ...] = ()
    unscored: str | None = None
    cost: CostBrief = msgspec.field(default_factory=CostBrief)

    @property
    def is_scored(self) -> bool:
        """Whether it counts in rates."""
        return self.grown is not None or bool(self.chains)

    @property
    def solved_at_once(self) -> bool:
        """Whether an initial program passes."""
        return self.grown is not None and any(each.passed for each in self.grown.programs)

    @property
    def solved_by_repair(self) -> bool:
        """Whether a repair passes."""
        return self.grown is not None and any(
            each.passed for tree in self.grown.trees for each in tree.repairs
        )


def briefs(connection: sqlite3.Connection, run: int) -> Iterator[tuple[str, RecordBrief]]:
    """Yield a run's items with their briefs, one at a time."""
    for task_id, text in connection.execute(_BRIEFS, (run,)):
        yield task_id, _brief(text)


def brief_of(connection: sqlite3.Connection, run: int, task_id: str) -> RecordBrief | None:
    """The brief of one item; None without a record in the run."""
    for _, text in connection.execute(_ONE, (run, task_id)):
        return _brief(text)
    return None


def _brief(text: str) -> RecordBrief:
    """Read a brief; a malformed record is empty here, and reported where it is read whole."""
    try:
        return msgspec.json.decode(text, type=RecordBrief)
    except msgspec.DecodeError:
        return RecordBrief()
