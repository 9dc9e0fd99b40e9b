"""Send records to the controller as text in pytest's reports."""

import pytest

from pytest_selfrepair.store.any_record import AnyRecord, read_record

_RECORD = "selfrepair_record"
"""The attribute of a report that carries a record, as one ASCII JSON string."""

_RATE_LIMITS = "selfrepair_rate_limits"
"""The report's attribute with the number of rate limits its process met."""


def send_record(report: pytest.TestReport, record: AnyRecord, *, rate_limits: int) -> None:
    """Attach a record to a report.

    Args:
        report: The report of the phase that made it.
        record: The item's record.
        rate_limits: How often this process met a rate limit.
    """
    setattr(report, _RECORD, record.to_json())
    setattr(report, _RATE_LIMITS, rate_limits)


def take_record(report: pytest.TestReport) -> tuple[AnyRecord, int] | None:
    """Detach a report's record and its process's rate limits; None without a record.

    It is removed from the report, which pytest keeps until the run ends: the texts of large trees
    take megabytes each.
    """
    text = report.__dict__.pop(_RECORD, None)
    return None if text is None else (read_record(text), getattr(report, _RATE_LIMITS, 0))
