"""Records: the facts of one task's trees, from which statistics are computed, and their JSON."""

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
"""The version of a record's JSON; readers upgrade earlier ones and refuse later ones."""


NOT_RUN = "not run: budget"
"""The start of the reason for an unscored task when the run's budget is spent."""

CUT_SHORT = "cut short: budget"
"""The start of that reason for a task under way, which had some completions already."""

NO_CASES = "it has no cases"
"""The reason for an unscored task that proved to have no cases only when read to be run."""


UNKNOWN = "unknown"
"""Stands in the setup of an imported record for facts missing in its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The setup of a task's run; it decides whether two records are comparable.

    Attributes:
        model: M_P's name.
        sources: The feedback sources' names, in the order the user gave them.
        prompts: The prompt set: ``name@digest``.
        checker: The checker's name.
        isolation: The isolation of programs from the machine.
        plan: The size of the trees.
        reading: The version of the rules for reading replies (`core.reading.RULES`).
        packages: The distributions given to programs, with versions; None where left to the tasks'
            source.
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
    """The facts of a line in the authors' format beyond the record read from it.

    They allow the same line to be written again; nothing is computed from them.

    Attributes:
        line: The line's number in its file, from 1.
        patch: JSON: the difference to the line that would be written without it.
        plain: False where the line also holds everything that we write of a record.
        source: The feedback source whose repairs are under the format's own key; None: the first.
        compact: Whether it has no spaces after commas and colons.
        ascii: Whether non-ASCII characters were escaped.
    """

    line: int
    patch: str
    plain: bool = True
    source: str | None = None
    compact: bool = False
    ascii: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The results of a task's reference solutions.

    Attributes:
        tried: The number tried.
        passed: The number that pass.
        otherwise: The number that run without error but give an answer that is not accepted.
    """

    tried: int
    passed: int
    otherwise: int = 0

    @property
    def ambiguous(self) -> bool:
        """Whether solutions accepted by its source disagree in their answers."""
        return self.passed > 0 and self.otherwise > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One task of a run.

    Attributes:
        task_id: The task.
        difficulty: Its difficulty.
        kind: Its kind.
        statement: Its statement, for reports without the task; empty in records of earlier
            versions.
        wrapping: How its source writes the expected values of a function.
        setup: The setup of its run; None where the run ended before that was known.
        grown: Its samples; None where the task is unscored.
        unscored: Why it is unscored, in one line; None where it is scored.
        quarantined: Whether it is unscored because none of its reference solutions passes.
        cost: Its cost, scored or not.
        seconds: Its wall-clock time, in seconds.
        digest: The SHA-256 of all that decides its verdicts, including cases and checker; None
            where not taken.
        time_limit: The CPU seconds allowed for each case; None where unknown.
        references: The results of its reference solutions; None where not tried.
        packages: The distributions, with versions, that its programs could use besides the standard
            library.
        origins: The distinct origins of its completions; empty where no endpoint was used.
        shard: The shard of the run that it belongs to, if sharded.
        foreign: The other facts of its line, if read from a file in the authors' format.
        schema: The version of its JSON.
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
        """Encode as one line of ASCII JSON, safe to send and store anywhere."""
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """Decode the output of `to_json`.

        Raises:
            StoreError: The text is not a record, or one of a later version.
        """
        try:
            if _HEAD.decode(text).schema == SCHEMA:
                return _with_shared_parts(_RECORD.decode(text))
        except msgspec.MsgspecError:  # other readers accept some JSON that this one refuses
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
        """Decode the parsed JSON of `to_json`, which may be modified.

        Raises:
            StoreError: It is not a record, or one of a later version.
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
    """Gather the costs of programs and feedback of schema 1, which had tokens only.

    It did not record dollars.
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
