"""A small project with scenarios, and scripted players of them, for whole-plugin tests."""

import json
from pathlib import Path

LAMP = "games/lamp"
GAP = "games/gap"

SCENARIO = """\
schema = 1
currency = "USD"
step = 0.5
first = "seller"
exchanges = {exchanges}

[item]
name = "desk lamp"
facts = ["new"]

[seller]
limit = {seller}
opening = 20

[buyer]
limit = {buyer}
opening = 5
"""

RULES = (
    *("--selfrepair-model", "rule:conceder", "--selfrepair-rival", "rule:conceder"),
    *("--selfrepair-feedback", "none", "--selfrepair-feedback", "fresh"),
)
"""Rules that play rules: a run that costs nothing."""


def write_scenario(
    folder: Path, *, seller: float = 8, buyer: float = 18, exchanges: int = 4
) -> None:
    """Write one scenario."""
    folder.mkdir(parents=True)
    text = SCENARIO.format(seller=seller, buyer=buyer, exchanges=exchanges)
    (folder / "scenario.toml").write_text(text)


def write_scenarios(root: Path) -> None:
    """Write a scenario with a wide zone of agreement, and one without any."""
    write_scenario(root / LAMP)
    write_scenario(root / GAP, seller=12, buyer=9)


def script(**places: object) -> dict[str, object]:
    """A scripted model's file: the same answers in every scenario and role."""
    return {"tasks": {"*": {name.replace("_", ":"): answer for name, answer in places.items()}}}


def write_script(root: Path, name: str = "script.json", **places: object) -> None:
    """Write the file of a scripted model."""
    (root / name).write_text(json.dumps(script(**places)))
