"""Read scenarios from folders with a scenario.toml, JSON Lines, and two published sets.

AmazonHistoryPrice (arXiv 2402.15813) is a JSON array of products for each category.
CraigslistBargain (arXiv 1808.09637) is a JSON array of dialogues, or of their scenarios, as its
authors publish it, or lines as the Hugging Face hub has them.
"""

import json
import os
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path

from pytest_selfrepair.bargain.scenario import IDENTIFIER, SCHEMA, Scenario, read_scenario
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks.source import LARGEST_FILE, Source, brief, read_text

SCENARIO = "scenario.toml"
"""The file that makes its folder a scenario."""

BUDGET_SHARE = Decimal("0.8")
"""A buyer's budget as a share of the list price, as in the benchmark of arXiv 2402.15813."""

_STEP = Decimal("0.01")
_LONGEST_FACT = 400
_MOST_FACTS = 8

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundScenario:
    """A scenario that is read on demand.

    Attributes:
        id: Its name: a folder's path, or a file's path and a name joined by ``::``.
        load: Reads it; raises `TaskError` where it is malformed.
    """

    id: str
    load: Callable[[], Scenario]


def is_scenario_folder(path: Path) -> bool:
    """Whether a folder holds a scenario, even a malformed one."""
    return (path / SCENARIO).is_file()


def read_scenario_file(path: Path, scenario_id: str, *, file: str = "") -> Scenario:
    """Read one ``scenario.toml``.

    Args:
        path: The file.
        scenario_id: The scenario's id.
        file: The file's name in errors; its id and name where empty.

    Raises:
        TaskError: It is missing or not TOML, or a field is invalid.
    """
    source = Source(file=file or f"{scenario_id}/{path.name}")
    text = read_text(path, source)
    try:
        fields = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, InvalidOperation, RecursionError, ValueError) as error:
        raise source.error("content", f"no TOML ({brief(str(error), 120)})", "TOML") from error
    return read_scenario(scenario_id, fields, file=source.file)


def find_scenarios(path: Path) -> Iterator[FoundScenario | TaskError]:
    """The scenarios at a path: a folder of one, a tree of such folders, or a file of several.

    Args:
        path: A folder, a ``scenario.toml``, or a ``.jsonl`` or ``.json`` file.
    """
    if path.is_dir():
        for name, folders, files in os.walk(path):
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            if SCENARIO in files:
                folder = Path(name)
                shown = folder.as_posix()
                yield FoundScenario(
                    id=shown, load=partial(read_scenario_file, folder / SCENARIO, shown)
                )
        return
    if path.name == SCENARIO:
        shown = path.parent.as_posix()
        yield FoundScenario(id=shown, load=partial(read_scenario_file, path, shown))
        return
    yield from scenarios_of_file(path)


def scenarios_of_file(path: Path, shown: str = "") -> Iterator[FoundScenario | TaskError]:
    """The scenarios of JSON Lines or of a JSON array; a malformed one affects no other.

    Args:
        path: The file.
        shown: The file's name in ids and errors; its path where empty.
    """
    shown = shown or path.as_posix()
    try:
        lines = list(_rows(path, Source(file=shown)))
    except TaskError as error:
        yield error
        return
    known: set[str] = set()
    for number, line in lines:
        source = Source(file=f"{shown}:{number}")
        if isinstance(line, TaskError):
            yield line
            continue
        if not isinstance(line, dict):
            yield source.error("content", brief(line), "an object with a scenario's fields")
            continue
        name, fields = _named(line, number)
        if name in known or not name or not name.isprintable() or "::" in name:
            accepted = "a name of its own, printable, without ::"
            yield source.error(IDENTIFIER, brief(name), accepted)
            continue
        known.add(name)
        scenario_id = f"{shown}::{name}"
        yield FoundScenario(id=scenario_id, load=partial(_load, scenario_id, fields, source))


def _load(scenario_id: str, fields: Callable[[Source], Fields], source: Source) -> Scenario:
    return read_scenario(scenario_id, fields(source), file=source.file)


def _rows(path: Path, source: Source) -> Iterator[tuple[int, object]]:
    """The number, from 1, and value of each line, or of each element of an array."""
    text = read_text(path, source)
    if text.lstrip().startswith("["):
        found = _json(text, source)
        if not isinstance(found, list):
            raise source.error("content", brief(found), "an array or lines of objects")
        yield from enumerate(found, start=1)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, _json(line, Source(file=f"{source.file}:{number}"))
            except TaskError as error:
                yield number, error


def _json(text: str, source: Source) -> object:
    """Parse JSON with exact fractions."""
    if len(text) > LARGEST_FILE:
        raise source.error("size", f"{len(text)} characters", f"at most {LARGEST_FILE}")
    try:
        found: object = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise source.error("content", f"{brief(text)} ({error})", "JSON") from error
    return found


def _named(line: dict[str, object], number: int) -> tuple[str, Callable[[Source], Fields]]:
    """The name of a line's scenario, and a function that makes its fields."""
    if "lowest_price" in line and "highest_price" in line:
        return _link_name(line, number), partial(_amazon, line)
    inner = line.get("scenario")
    kbs = inner if isinstance(inner, dict) else line
    if "kbs" in kbs:
        uuid = kbs.get("uuid") or kbs.get("post_id")
        return f"{number:04}-{uuid}" if uuid else f"{number:04}", partial(_craigslist, kbs)
    if "agent_info" in line and "items" in line:
        return f"{number:04}", partial(_craigslist_hub, line)
    name = line.get(IDENTIFIER, f"{number:04}")
    rest = {key: value for key, value in line.items() if key != IDENTIFIER}
    return str(name), lambda _: rest


def _link_name(line: Fields, number: int) -> str:
    """A product's name: its number in the file, and Amazon's name where there is one."""
    tail = str(line.get("amazon_link", "")).rpartition("/dp/")[2]
    return f"{number:04}-{tail}" if tail.isalnum() else f"{number:04}"


def _amazon(line: Fields, source: Source) -> Fields:
    """A product: its cost is its lowest price ever, its list price the highest.

    The buyer speaks first and may spend `BUDGET_SHARE` of the list price, as in that paper; where
    this is below the cost, there is no zone of agreement.
    """
    highest = max(_dollars(line, name, source) for name in ("highest_price", "list_price"))
    cost = _dollars(line, "lowest_price", source)
    title = _title(line, "title", source)
    told = line.get("description")
    if not isinstance(told, str) or len(told) < 5:  # noqa: PLR2004 - as the set's authors do
        told = line.get("features", "")
    return _fields(
        title,
        [f"list price {highest} USD", *_facts([told])],
        first="buyer",
        seller={"limit": cost},
        buyer={"limit": (BUDGET_SHARE * highest).quantize(_STEP)},
    )


def _craigslist(line: Fields, source: Source) -> Fields:
    """A scenario in Stanford's format: one knowledge base for each side."""
    kbs = line.get("kbs")
    if not isinstance(kbs, list) or not all(isinstance(each, dict) for each in kbs):
        raise source.error("kbs", brief(kbs), "a list of the two sides' knowledge")
    sides: dict[str, Fields] = {}
    item: Fields = {}
    for each in kbs:
        personal, thing = each.get("personal"), each.get("item")
        if not isinstance(personal, dict) or not isinstance(thing, dict):
            raise source.error("kbs", brief(each), "objects with personal and item")
        sides[str(personal.get("Role"))] = personal
        item = thing
    return _listing(item, sides, source)


def _craigslist_hub(line: Fields, source: Source) -> Fields:
    """A scenario in the Hugging Face hub's format: a list per field, an element per side."""
    agents, items = line.get("agent_info"), line.get("items")
    if not isinstance(agents, dict) or not isinstance(items, dict):
        raise source.error("agent_info", brief(agents), "an object of lists, and items likewise")
    roles = agents.get("Role")
    if not isinstance(roles, list):
        raise source.error("agent_info.Role", brief(roles), "a list of buyer and seller")
    sides = {
        str(role): {
            key: values[index]
            for key, values in agents.items()
            if isinstance(values, list) and index < len(values)
        }
        for index, role in enumerate(roles)
    }
    item = {key: values[0] for key, values in items.items() if isinstance(values, list) and values}
    return _listing(item, sides, source)


def _listing(item: Fields, sides: Mapping[str, Fields], source: Source) -> Fields:
    """A listing: each side's limit is its bottom line or, without one, the other's target.

    A surplus share is then 1 at one's own target and 0 at the other's, the usual scale of this set.
    The seller opens with the listing's price.
    """
    if set(sides) != {"seller", "buyer"}:
        raise source.error("Role", brief(sorted(sides)), "buyer and seller")
    price = _number(item.get("Price"), "Price", source)

    def limit(role: str, other: str) -> Decimal:
        bottom = sides[role].get("Bottomline")
        if bottom not in {None, "None", ""}:
            return _number(bottom, "Bottomline", source)
        return _number(sides[other].get("Target"), "Target", source)

    lowest = limit("seller", "buyer")
    described = item.get("Description")
    texts = described if isinstance(described, list) else [described]
    return _fields(
        _title(item, "Title", source),
        [f"listed at {price} USD", *_facts(texts)],
        first="both",
        seller={"limit": lowest, **({"opening": price} if price >= lowest else {})},
        buyer={"limit": limit("buyer", "seller")},
    )


def _fields(
    name: str, facts: Sequence[str], *, first: str, seller: Fields, buyer: Fields
) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "currency": "USD",
        "step": _STEP,
        "first": first,
        "item": {"name": name, "facts": list(facts)},
        "seller": seller,
        "buyer": buyer,
    }


def _facts(texts: Iterable[object]) -> list[str]:
    found = [" ".join(each.split()) for each in texts if isinstance(each, str)]
    cut = [
        each if len(each) <= _LONGEST_FACT else f"{each[: _LONGEST_FACT - 1]}…" for each in found
    ]
    return [each for each in cut if each][:_MOST_FACTS]


def _title(line: Fields, name: str, source: Source) -> str:
    found = line.get(name)
    if not isinstance(found, str) or not found.strip():
        raise source.error(name, brief(found), "a title")
    return _facts([found])[0]


def _dollars(line: Fields, name: str, source: Source) -> Decimal:
    found = line.get(name)
    if not isinstance(found, str):
        raise source.error(name, brief(found), "a price such as $1,299.99")
    return _number(found.removeprefix("$").replace(",", ""), name, source)


def _number(found: object, name: str, source: Source) -> Decimal:
    if isinstance(found, (int, str, Decimal)) and not isinstance(found, bool):
        try:
            amount = Decimal(found).quantize(_STEP)
        except InvalidOperation:
            amount = Decimal(-1)
        if amount >= 0:
            return amount
    raise source.error(name, brief(found), "an amount from 0 up")
