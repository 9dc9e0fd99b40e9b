"""Write a store's content as lines of JSON for version control: sorted keys, ASCII, one each."""

import json
from dataclasses import dataclass

import msgspec

from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.any_record import AnyRecord, read_record

SCHEMA = 1
"""The version of the lines, given in the first."""

FORMAT = "pytest-selfrepair recordings"
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """A sample and its request."""

    request: SampleRequest
    sample: Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A record and its run.

    Attributes:
        run: The run's `uid`, unique across stores.
        started: The start of the run in UTC: `2030-01-31 12:00:00`.
        record: The record.
        name: The run's name; empty without one.
        note: The user's note on the run; empty without one.
    """

    run: str
    started: str
    record: AnyRecord
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """A verdict, to be reused for the same program on the same terms.

    Attributes:
        key: Its key, a hash of the task, the program and the terms.
        task_id: The task.
        verdict: The verdict.
    """

    key: str
    task_id: str
    verdict: Verdict


Line = SampleLine | VerdictLine | RecordLine


class _Header(msgspec.Struct):
    format: str
    schema: int


class _Sample(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    request: SampleRequest
    sample: Sample


class _Verdict(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    task_id: str
    verdict: Verdict


class _Record(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    run: str
    started: str
    record: dict[str, object]
    name: str = ""
    note: str = ""


def header() -> str:
    """The first line."""
    return _dump(_Header(format=FORMAT, schema=SCHEMA))


def check_header(line: bytes) -> None:
    """Check the first line.

    Raises:
        StoreError: It is not a header, or one of a later version.
    """
    try:
        found = msgspec.convert(_load(line), _Header)
    except (StoreError, msgspec.ValidationError):
        found = _Header(format="", schema=0)
    if found.format != FORMAT:
        raise StoreError(f"found {brief(line)}; accepted: {header()}, as export writes")
    if not 1 <= found.schema <= SCHEMA:
        raise StoreError(
            f"schema: found {found.schema}; accepted: up to {SCHEMA}. It was written by "
            "a later version of pytest-selfrepair"
        )


def write(line: Line) -> str:
    """Write one line, without its end."""
    if isinstance(line, SampleLine):
        return _dump(_Sample(key=line.request.key, request=line.request, sample=line.sample))
    if isinstance(line, VerdictLine):
        return _dump(_Verdict(key=line.key, task_id=line.task_id, verdict=line.verdict))
    facts = json.loads(line.record.to_json())
    about = {"run": line.run, "started": line.started, "name": line.name, "note": line.note}
    return _dump(_Record(**about, record=facts))


def read(line: bytes) -> Line:
    """Decode the output of `write`.

    Raises:
        StoreError: The line is malformed; the error names the field.
    """
    facts = _load(line)
    try:
        if "record" in facts:
            found = msgspec.convert(facts, _Record)
            record = read_record(json.dumps(found.record))
            return RecordLine(
                run=found.run,
                started=found.started,
                record=record,
                name=found.name,
                note=found.note,
            )
        if "verdict" in facts:
            kept = msgspec.convert(facts, _Verdict)
            return VerdictLine(key=kept.key, task_id=kept.task_id, verdict=kept.verdict)
        sample = msgspec.convert(facts, _Sample)
    except msgspec.ValidationError as error:
        raise StoreError(str(error)) from error
    if sample.key != sample.request.key:
        raise StoreError(
            f"key: found {brief(sample.key)}; accepted: {sample.request.key}, the request's own"
        )
    return SampleLine(request=sample.request, sample=sample.sample)


def brief(value: object) -> str:
    """Format a value for an error."""
    shown = repr(value)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[: _LONGEST_SHOWN - 1]}…"


def _load(line: bytes) -> dict[str, object]:
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise StoreError(f"found {brief(line)}; accepted: a JSON object")
    return facts


def _dump(value: object) -> str:
    return json.dumps(msgspec.to_builtins(value), sort_keys=True, ensure_ascii=True)
