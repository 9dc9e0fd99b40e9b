"""Convert records to pandas or polars frames: a row for each program, or for each task."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.report.columns import (
    PROGRAM_COLUMNS,
    TASK_COLUMNS,
    Column,
    ColumnType,
    programs_of,
)

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Library = Literal["pandas", "polars"]

LIBRARIES: tuple[Library, ...] = ("pandas", "polars")
"""The supported libraries; without a choice, the first installed one is used."""

_PANDAS: Mapping[ColumnType, str] = MappingProxyType(
    {
        ColumnType.TEXT: "string",
        ColumnType.INTEGER: "Int64",
        ColumnType.NUMBER: "Float64",
        ColumnType.BOOLEAN: "boolean",
    }
)
_POLARS: Mapping[ColumnType, str] = MappingProxyType(
    {
        ColumnType.TEXT: "String",
        ColumnType.INTEGER: "Int64",
        ColumnType.NUMBER: "Float64",
        ColumnType.BOOLEAN: "Boolean",
    }
)

_Row = TypeVar("_Row")


@overload
def programs_frame(records: Sequence[Record], library: Literal["pandas"]) -> "pd.DataFrame": ...
@overload
def programs_frame(records: Sequence[Record], library: Literal["polars"]) -> "pl.DataFrame": ...
@overload
def programs_frame(
    records: Sequence[Record], library: Library | None = None
) -> "pd.DataFrame | pl.DataFrame": ...
def programs_frame(
    records: Sequence[Record], library: Library | None = None
) -> "pd.DataFrame | pl.DataFrame":
    """A row for each program; the columns are `PROGRAM_COLUMNS`.

    Args:
        records: The tasks.
        library: The library; None: the first of `LIBRARIES` that is installed.

    Raises:
        UsageError: The library, or both of them, is not installed.
    """
    return _frame(PROGRAM_COLUMNS, list(programs_of(records)), library)


@overload
def tasks_frame(records: Sequence[Record], library: Literal["pandas"]) -> "pd.DataFrame": ...
@overload
def tasks_frame(records: Sequence[Record], library: Literal["polars"]) -> "pl.DataFrame": ...
@overload
def tasks_frame(
    records: Sequence[Record], library: Library | None = None
) -> "pd.DataFrame | pl.DataFrame": ...
def tasks_frame(
    records: Sequence[Record], library: Library | None = None
) -> "pd.DataFrame | pl.DataFrame":
    """A row for each task; the columns are `TASK_COLUMNS`.

    Args:
        records: The tasks.
        library: The library; None: the first of `LIBRARIES` that is installed.

    Raises:
        UsageError: The library, or both of them, is not installed.
    """
    return _frame(TASK_COLUMNS, list(records), library)


def _frame(
    columns: Sequence[Column[_Row]], rows: Sequence[_Row], library: Library | None
) -> "pd.DataFrame | pl.DataFrame":
    chosen = _installed(library)
    made_by: Any = import_module(chosen)
    values = {each.name: [_plain(each.value(row)) for row in rows] for each in columns}
    types = {each.name: each.type for each in columns}
    frame: pd.DataFrame | pl.DataFrame
    if chosen == "pandas":
        typed = {name: made_by.array(values[name], dtype=_PANDAS[types[name]]) for name in values}
        frame = made_by.DataFrame(typed)
    else:
        schema = {name: getattr(made_by, _POLARS[kind]) for name, kind in types.items()}
        frame = made_by.DataFrame(values, schema=schema)
    return frame


def _plain(value: object) -> object:
    """An enumeration's member as plain text; lone surrogates are escaped."""
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def _installed(library: Library | None) -> Library:
    if library is not None and library not in LIBRARIES:
        raise UsageError(f"library: found {library!r}; accepted: {', '.join(LIBRARIES)}")
    wanted = LIBRARIES if library is None else (library,)
    for name in wanted:
        if find_spec(name) is not None:
            return name
    raise UsageError(
        f"frames: found no {' and no '.join(wanted)}; accepted: one of them installed, for "
        'instance by `pip install "pytest-selfrepair[frames]"`'
    )
