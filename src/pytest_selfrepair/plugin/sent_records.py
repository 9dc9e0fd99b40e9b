"""Records on their way to the controller: as text, in the reports that pytest sends anyway."""

import pytest

from pytest_selfrepair.store.any_record import AnyRecord, read_record

_RECORD = "selfrepair_record"
"""The attribute of a report that carries a record, as one ASCII JSON string."""

_RATE_LIMITS = "selfrepair_rate_limits"
"""The attribute that says how often its process was told that it asked too much."""


def send_record(report: pytest.TestReport, record: AnyRecord, *, rate_limits: int) -> None:
    """Have a report carry a record.

    Args:
        report: Of the phase that made it.
        record: An item's.
        rate_limits: How often this process was told that it asked too much.
    """
    setattr(report, _RECORD, record.to_json())
    setattr(report, _RATE_LIMITS, rate_limits)


def take_record(report: pytest.TestReport) -> tuple[AnyRecord, int] | None:
    """Take the record that a report carries, and the rate limits of its process; None without one.

    It is taken off the report, which pytest keeps to the end of the run: texts of large trees are
    megabytes each.
    """
    text = report.__dict__.pop(_RECORD, None)
    return None if text is None else (read_record(text), getattr(report, _RATE_LIMITS, 0))
