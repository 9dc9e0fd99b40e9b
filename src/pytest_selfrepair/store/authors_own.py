"""Read a whole record from a line in the authors' format that we have written."""

from typing import Any

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.authors import OWN, FieldError, Fields, objects, shown


def read_own(task_id: str, fields: Fields) -> tuple[Record, str | None]:
    """Read the record of our line, and the source in `repairs`, unless it is the first.

    Raises:
        FieldError: The two forms of a fact in the line differ.
        StoreError: The line is not a record.
    """
    own: Any = fields[OWN]
    facts: dict[str, Any] = {
        **own,
        "task_id": task_id,
        "difficulty": fields.get("difficulty"),
        "foreign": None,
    }
    if not isinstance(facts.get("grown"), dict):
        return Record.from_facts(facts), None
    source: object = facts["grown"].get("source")
    try:
        facts["grown"], entries = _own_grown(fields, facts["grown"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"{OWN}: not a record: {type(error).__name__}: {error}") from error
    record = Record.from_facts(facts)
    grown = record.grown
    if grown is None:
        return record, None
    _check(grown, entries)
    first = grown.trees[0].source if grown.trees else None
    return record, source if isinstance(source, str) and source != first else None


_Entries = list[tuple[str, Fields]]
"""Completions or repairs, each with its name in errors."""


def _own_grown(fields: Fields, own: dict[str, Any]) -> tuple[dict[str, Any], list[_Entries]]:
    """The facts of the trees, and their entries: programs, then the repairs of each tree."""
    completions = [
        (f"completions[{place}]", entry)
        for place, entry in enumerate(objects(fields, "completions"))
    ]
    all_entries = [completions]
    trees: list[dict[str, Any]] = []
    for tree in own["trees"]:
        source = tree["source"]
        repairs: _Entries = [(OWN, entry) for entry in tree["further"]]
        for field, entry in completions:
            own_entry: Any = entry[OWN]
            others = own_entry.get("repairs", {}).get(source, [])
            its = objects(entry, "repairs") if source == own["source"] else others
            repairs += [(f"{field}.repairs[{place}]", each) for place, each in enumerate(its)]
        repairs.sort(key=_place)
        all_entries.append(repairs)
        nodes = [_own_node(entry, "repaired_program") for _, entry in repairs]
        silent = {"unanswered": tree.get("unanswered", [])}
        trees.append({"source": source, "complete": tree["complete"], "repairs": nodes, **silent})
    facts = {
        "programs": [_own_node(entry, "executed_completion") for _, entry in completions],
        "trees": trees,
        "baseline": [_own_node(entry, "executed_completion") for entry in own["baseline"]],
        "complete": own["complete"],
    }
    return facts, all_entries


def _place(entry: tuple[str, Fields]) -> int:
    own: Any = entry[1][OWN]
    return int(own["place"])


def _own_node(entry: Fields, program: str) -> dict[str, Any]:
    own: Any = entry[OWN]
    facts = {key: value for key, value in own.items() if key not in {"repairs", "place"}}
    facts["program"] = entry[program]
    if facts["feedback"] is not None:
        facts["feedback"] = {**facts["feedback"], "text": entry["explanation"]}
    return facts


def _check(grown: Grown, all_entries: list[_Entries]) -> None:
    """Check that the format's own fields agree with the record.

    Raises:
        FieldError: They differ.
    """
    for nodes, entries in zip(
        [grown.programs, *(tree.repairs for tree in grown.trees)], all_entries, strict=True
    ):
        for node, (field, entry) in zip(nodes, entries, strict=True):
            for key, held in (
                ("binary", node.verdict.passed),
                ("tokens_generated", node.total_tokens),
            ):
                if entry.get(key) != held:
                    found = shown(entry.get(key))
                    accepted = f"{shown(held)}, as {OWN} holds it"
                    raise FieldError(f"{field}.{key}", found, accepted)
