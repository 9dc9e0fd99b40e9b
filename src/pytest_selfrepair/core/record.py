"""A record: the facts of one task's trees, and their JSON; statistics are computed from these."""

import json
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.origin import Answered
from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.core.sharing import share_parts
from pytest_selfrepair.core.task import Difficulty, TaskKind, Wrapping
from pytest_selfrepair.core.tree import Grown, Plan
from pytest_selfrepair.errors import StoreError

SCHEMA = 2
"""The version of a record's JSON; a reader upgrades earlier ones and refuses a later one."""


NOT_RUN = "not run: budget"
"""How the reason begins why a task was not scored, where the budget of the whole run is spent."""

CUT_SHORT = "cut short: budget"
"""The same of a task that had been begun: some of its completions had come when it was spent."""

NO_CASES = "it has no cases"
"""The reason why a task was not scored of which that was found only when it was read to be run."""


UNKNOWN = "unknown"
"""What stands in the setup of a record from elsewhere for what its source does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a task was run with; two records compare only where this says they do.

    Attributes:
        model: M_P's name.
        sources: The feedback sources' names, in the order the user gave them.
        prompts: The prompt set: ``name@digest``.
        checker: The checker's name.
        isolation: How programs were kept apart from the machine.
        plan: How large the trees could grow.
        reading: The version of the rules by which replies were read (`core.reading.RULES`).
        packages: The distributions that programs were given by name, with their versions; None
            where it was left to the tasks' source.
    """

    model: str
    sources: tuple[str, ...]
    prompts: str
    checker: str
    isolation: str
    plan: Plan
    reading: int = 0
    packages: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """What a line of a file in the authors' format says beyond the record that was read from it.

    With it the same line can be written again; nothing is computed from it.

    Attributes:
        line: The line's number in its file, from 1.
        patch: JSON: how the line differs from the one that would be written without it.
        plain: False where the line holds all that we write of a record, too.
        source: The feedback source whose repairs the format's own key holds; None: the first.
        compact: Whether it has no spaces after commas and colons.
        ascii: Whether what is not ASCII was escaped.
    """

    line: int
    patch: str
    plain: bool = True
    source: str | None = None
    compact: bool = False
    ascii: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What a task's own reference solutions say of it, where they were tried.

    Attributes:
        tried: How many were tried.
        passed: Those of them that pass.
        otherwise: Those that run as they should, and give an answer that is not accepted.
    """

    tried: int
    passed: int
    otherwise: int = 0

    @property
    def ambiguous(self) -> bool:
        """Whether solutions that its source accepts disagree in their answers."""
        return self.passed > 0 and self.otherwise > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One task of a run.

    Attributes:
        task_id: The task.
        difficulty: Its difficulty.
        kind: Its kind.
        statement: Its statement, so that a report shows it where the task is not at hand; empty in
            the records of earlier versions.
        wrapping: How its source writes the values that it expects of a function.
        setup: What it was run with; None where the run ended before anything was set up.
        grown: What was sampled; None where the task could not be scored.
        unscored: Why it could not be scored, in one line; None where it was.
        quarantined: True where it was not scored because none of its reference solutions passes.
        cost: What it cost, scored or not.
        seconds: Wall-clock seconds it took.
        digest: The SHA-256 of what decides its verdicts, cases and checker included; None where it
            was not taken.
        time_limit: CPU seconds that a case of it could take; None where that is not known.
        references: What its reference solutions say of it; None where they were not tried.
        packages: The distributions, with their versions, that its programs could use beside the
            standard library.
        origins: Where its completions came from, each once; none where no endpoint was asked.
        shard: The share of the run that it is of, where several hosts share the run.
        foreign: What else its line said, where it was read from a file in the authors' format.
        schema: The version of this layout.
    """

    task_id: str
    difficulty: Difficulty | None = None
    kind: TaskKind | None = None
    statement: str = ""
    wrapping: Wrapping | None = None
    setup: Setup | None = None
    grown: Grown | None = None
    unscored: str | None = None
    quarantined: bool = False
    cost: Cost = field(default_factory=Cost)
    seconds: float = 0.0
    digest: str | None = None
    time_limit: float | None = None
    references: References | None = None
    packages: tuple[str, ...] = ()
    origins: tuple[Answered, ...] = ()
    shard: Shard | None = None
    foreign: Foreign | None = None
    schema: int = SCHEMA

    def to_json(self) -> str:
        """One line of ASCII JSON: it may travel between processes and be stored anywhere."""
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """Read what `to_json` wrote.

        Raises:
            StoreError: The text is no record, or one of a later version.
        """
        try:
            if _HEAD.decode(text).schema == SCHEMA:
                return _with_shared_parts(_RECORD.decode(text))
        except msgspec.MsgspecError:  # what JSON's own library reads may yet be accepted
            pass
        try:
            facts = json.loads(text)
        except ValueError as error:
            raise StoreError(f"not a record: {text[:80]!r}") from error
        if not isinstance(facts, dict) or "schema" not in facts:
            raise StoreError(f"not a record: {text[:80]!r}")
        return cls.from_facts(facts)

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> "Record":
        """Read what the JSON of `to_json` holds; it may be changed by this.

        Raises:
            StoreError: It is no record, or one of a later version.
        """
        schema = facts.get("schema")
        if schema not in range(1, SCHEMA + 1):
            raise StoreError(
                f"record of schema {schema!r}; accepted: 1 to {SCHEMA}. "
                "It was written by another version of pytest-selfrepair"
            )
        try:
            if schema == 1:
                _upgrade_to_2(facts)
            record = msgspec.convert(facts, cls)
        except (msgspec.ValidationError, KeyError, TypeError) as error:
            raise StoreError(f"not a record: {error}") from error
        return _with_shared_parts(record)


class _Head(msgspec.Struct):
    """What decides how a record is read."""

    schema: int


_HEAD = msgspec.json.Decoder(_Head)
_RECORD = msgspec.json.Decoder(Record)


def _with_shared_parts(record: Record) -> Record:
    if record.grown is not None:
        share_parts(record.grown)
    return record


def _upgrade_to_2(facts: dict[str, Any]) -> None:
    """Give programs and feedback of schema 1, which counted tokens alone, their cost in one place.

    What a completion cost in dollars was not written then.
    """
    facts["schema"] = 2
    grown = facts["grown"]
    if grown is None:
        return
    repairs = [repair for tree in grown["trees"] for repair in tree["repairs"]]
    for program in (*grown["programs"], *repairs, *grown["baseline"]):
        _gather_cost(program, samples=1)
        if feedback := program["feedback"]:
            _gather_cost(feedback, samples=int(feedback["tokens"] > 0))


def _gather_cost(part: dict[str, Any], *, samples: int) -> None:
    tokens = part.pop("tokens")
    part["cost"] = {
        "tokens": tokens,
        "prompt_tokens": part.pop("prompt_tokens"),
        "replayed_tokens": tokens if part.pop("replayed") else 0,
        "samples": samples,
        "unpriced": samples,
    }
