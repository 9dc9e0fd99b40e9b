"""The formats of JSON Lines: how a line's columns make a task."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import msgspec

from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks import apps_fields, humaneval, livecodebench, mbpp
from pytest_selfrepair.tasks.outline import READ_AT_ONCE, Outline
from pytest_selfrepair.tasks.source import Source, brief, read_json

LONGEST_NAME = 200
"""The longest name of a task, which is part of its node id, in characters."""


class Format(Protocol):
    """A format of JSON Lines; implemented by modules."""

    def recognises(self, fields: Mapping[str, JsonValue]) -> bool:
        """Whether a line with these columns has this format; large values are empty texts."""
        ...

    def name(self, fields: Mapping[str, JsonValue], source: Source) -> str:
        """The task's name in its file, from the small columns.

        Raises:
            TaskError: The naming columns are missing or invalid.
        """
        ...

    def read(self, task_id: str, fields: Mapping[str, JsonValue], source: Source) -> Task:
        """The task.

        Raises:
            TaskError: A column is missing or wrong.
        """
        ...


class Outlining(Protocol):
    """Outlines a task with a large line from its small columns and parts of the others."""

    def __call__(
        self, fields: Mapping[str, JsonValue], large: Mapping[str, bytes], source: Source
    ) -> Outline:
        """The outline, from columns whose large values are empty texts, and the JSON of these."""
        ...


FORMATS: tuple[Format, ...] = (
    humaneval,
    mbpp,
    livecodebench,
    apps_fields,  # the last format recognises any line
)
"""The formats, in order; the first that recognises a line reads it."""

OUTLINED: Mapping[Format, Outlining] = MappingProxyType(
    {livecodebench: livecodebench.outline, apps_fields: apps_fields.outline}
)
"""Formats whose lines may be too large to read during collection."""

_RAW = msgspec.json.Decoder(dict[str, msgspec.Raw])


def format_of(fields: Mapping[str, JsonValue]) -> Format:
    """The format of a line."""
    return next(each for each in FORMATS if each.recognises(fields))


def name_of(fields: Mapping[str, JsonValue], source: Source) -> str:
    """The name of a line's task.

    Raises:
        TaskError: It has no name, or one that cannot be part of a node id.
    """
    name = format_of(fields).name(fields, source)
    if not name.isprintable() or "::" in name or len(name) > LONGEST_NAME:
        accepted = f"at most {LONGEST_NAME} printable characters without ::"
        raise source.error("name", brief(name), accepted)
    return name


def read(task_id: str, fields: Mapping[str, JsonValue], source: Source) -> Task:
    """The task of a line.

    Raises:
        TaskError: A column is missing or wrong.
    """
    return format_of(fields).read(task_id, fields, source)


def columns(content: bytes, source: Source) -> dict[str, JsonValue]:
    """All columns of a line.

    Raises:
        TaskError: It is not a JSON object.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} that is not UTF-8"
        raise source.error("text", found, "UTF-8 text") from error
    fields = read_json(text, source)
    if not isinstance(fields, dict):
        raise source.error("content", brief(fields), "an object with the columns of a task")
    return fields


def outline(content: bytes, source: Source) -> tuple[str, Outline | TaskError]:
    """A line's name, and its outline or the error in the rest of it.

    Raises:
        TaskError: It has no name.
    """
    if len(content) > READ_AT_ONCE:
        try:
            raw = _RAW.decode(content)
        except (ValueError, RecursionError):
            raw = {}  # reading the task in full reports the error, if any
        large = {key: bytes(value) for key, value in raw.items() if len(value) > READ_AT_ONCE}
        fields: dict[str, JsonValue] = {
            key: "" if key in large else read_json(bytes(value), source, key)
            for key, value in raw.items()
        }
        if raw and (look := OUTLINED.get(format_of(fields))) is not None:
            name = name_of(fields, source)
            try:
                return name, look(fields, large, source)
            except TaskError as error:
                return name, error
    fields = columns(content, source)
    name = name_of(fields, source)
    try:
        found = format_of(fields)
        if found is apps_fields:
            return name, apps_fields.check(fields, source)
        return name, Outline.of(found.read(name, fields, source))
    except TaskError as error:
        return name, error
