"""Requests for completions of one prompt → groups that one HTTP request can ask for."""

from collections.abc import Sequence
from urllib.parse import quote

from pytest_selfrepair.core.sample import SampleRequest

_LONGEST_ID = 512
"""Characters that the header X-Client-Request-Id may have."""


def grouped(requests: Sequence[SampleRequest], most: int) -> list[list[SampleRequest]]:
    """Group requests in order; one with a seed of its own is asked for alone.

    Args:
        requests: They differ by their nodes alone.
        most: Completions that one group may have, from 1 up.
    """
    groups: list[list[SampleRequest]] = []
    for request in requests:
        if (
            groups
            and request.draw_seed is None
            and len(groups[-1]) < most
            and _fit([*groups[-1], request])
        ):
            groups[-1].append(request)
        else:
            groups.append([request])
    return groups


def request_id(requests: Sequence[SampleRequest]) -> str:
    """The name of a group in the endpoint's logs: its task and nodes, in ASCII."""
    nodes = ",".join(request.node for request in requests)
    return quote(f"{requests[0].task_id}#{nodes}", safe="/#:,")[:_LONGEST_ID]


def _fit(requests: Sequence[SampleRequest]) -> bool:
    """Whether the name of a group stands uncut in the endpoint's logs."""
    nodes = sum(len(quote(request.node, safe="/:")) + 1 for request in requests)
    task = len(quote(requests[0].task_id, safe="/:"))
    return task + nodes <= _LONGEST_ID
