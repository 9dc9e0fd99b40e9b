"""`selfrepair bargain read`: read how bargaining talks from elsewhere ended, by rules."""

import argparse
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from pytest_selfrepair.bargain.talk import Said, TalkReading, read_talk
from pytest_selfrepair.commands.output import opened, tell
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.errors import TaskError, UsageError
from pytest_selfrepair.report.visible_text import harmless
from pytest_selfrepair.tasks.source import LARGEST_FILE, Source, brief, read_json


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    verbs = command.add_subparsers(metavar="VERB", required=True)
    read = verbs.add_parser("read", help="read how each talk ended: deal, no deal, or neither")
    read.add_argument(
        "talk",
        metavar="TALK",
        type=Path,
        help='JSON Lines of {"id": ..., "messages": [{"role": ..., "text": ...}, ...]}',
    )
    read.add_argument(
        "-o",
        "--out",
        metavar="OUT",
        type=Path,
        help="write readings to this file (default: standard output)",
    )
    read.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    return run(options.talk, options.out)


def run(talk: Path, out: Path | None) -> int:
    """Read every talk and write one line for each valid one, in order.

    Args:
        talk: JSON Lines of ``{"id": …, "messages": [{"role": …, "text": …}]}``.
        out: Where readings are written; None: standard output.

    Returns:
        The exit status: 0 where every line was read, else 1.

    Raises:
        UsageError: A file cannot be read or written.
    """
    all_read = True
    lines: list[str] = []
    try:
        for source, text in _lines(talk):
            try:
                talk_id, messages = _read(text, source)
            except TaskError as error:
                all_read = False
                tell(harmless(str(error)))
                continue
            lines.append(_line(talk_id, read_talk(messages)))
    except OSError as error:
        raise UsageError(f"{talk}: {error.strerror}; accepted: a readable file") from error
    with opened(out, encoding="utf-8") as write_line:
        for line in lines:
            write_line(line)
    return int(not all_read)


def _lines(talk: Path) -> Iterator[tuple[Source, bytes]]:
    with talk.open("rb") as file:
        for number, text in enumerate(iter(lambda: file.readline(LARGEST_FILE), b""), start=1):
            if text.strip():
                yield Source(file=f"{talk}:{number}"), text


def _read(line: bytes, source: Source) -> tuple[JsonValue, list[Said]]:
    """A talk's id and its messages.

    Raises:
        TaskError: The line is malformed.
    """
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} that is not UTF-8"
        raise source.error("text", found, "UTF-8 text") from error
    fields = read_json(text, source)
    if not isinstance(fields, dict):
        raise source.error("content", brief(fields), "an object: id, messages")
    talk_id, messages = fields.get("id"), fields.get("messages")
    if not isinstance(talk_id, (str, int)) or isinstance(talk_id, bool):
        raise source.error("id", brief(talk_id), "a text or a whole number")
    if not isinstance(messages, list):
        raise source.error("messages", brief(messages), "a list of objects: role, text")
    return talk_id, [_parsed_message(each, number, source) for number, each in enumerate(messages)]


def _parsed_message(message: JsonValue, number: int, source: Source) -> Said:
    match message:
        case {"role": str(role), "text": str(text)}:
            return Said(role=role, text=text)
        case dict():
            for name in ("role", "text"):
                if not isinstance(message.get(name), str):
                    found = brief(message.get(name))
                    raise source.error(f"messages[{number}].{name}", found, "a text")
    raise source.error(f"messages[{number}]", brief(message), "an object: role, text")


def _line(talk_id: JsonValue, reading: TalkReading) -> str:
    facts = {
        "id": talk_id,
        "state": reading.state,
        "price": None if reading.price is None else _number(reading.price),
        "quote": reading.quote,
    }
    return json.dumps(facts, ensure_ascii=True)


def _number(price: Decimal) -> int | float:
    """A price as a JSON number, an integer where it is whole."""
    return int(price) if price == price.to_integral_value() else float(price)
