"""Serve a store's pages read-only: runs, reports, comparisons and searches."""

import asyncio
import contextlib
import functools
import hmac
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from pytest_selfrepair.errors import SelfRepairError
from pytest_selfrepair.report.document import policy_of
from pytest_selfrepair.view import rendering
from pytest_selfrepair.view.searching import LONGEST_SOUGHT, search
from pytest_selfrepair.view.store_reports import StoreReports
from pytest_selfrepair.view.watched import Watched
from pytest_selfrepair.web.guard import GUESSES, LOOPBACK, Guard, Meter
from pytest_selfrepair.web.link import LinkDoor

MOST_COMPARED = 12
"""The most runs in a comparison."""

_MOST_SHOWN = 200
"""The most items on a run's page."""
_NUMBER = re.compile(r"[0-9]{1,9}")

_T = TypeVar("_T")
_Handler = Callable[[Request], Awaitable[Response]]


class StorePages:
    """The pages of one store.

    Args:
        path: The store's file, which is only read.
        secret: The secret at the end of the link.
    """

    def __init__(self, path: Path, secret: str) -> None:
        self._watched = Watched(path)
        self._door = LinkDoor[bool](
            lambda given: hmac.compare_digest(given.encode(), secret.encode()) or None,
            anybody=None,
            key=secret.encode(),
            lasts=None,  # the secret is valid for one process
        )
        self._guesses = Meter(GUESSES)
        self._reports = StoreReports(path)
        self._one_at_a_time = asyncio.Lock()

    def application(self) -> Guard:
        """The application with all pages, guarded."""
        routes = [
            Route("/enter/{secret:str}", self._enter, methods=["GET"]),
            Route("/", self._guarded(self._overview), methods=["GET"]),
            Route("/runs/{run:str}", self._guarded(self._run), methods=["GET"]),
            Route("/runs/{run:str}/report", self._guarded(self._report), methods=["GET"]),
            Route("/compare", self._guarded(self._compare), methods=["GET"]),
            Route("/search", self._guarded(self._search), methods=["GET"]),
            Route("/static/{name:str}", _static, methods=["GET"]),
        ]
        app = Starlette(routes=routes, exception_handlers={404: _missing})
        return Guard(app, LOOPBACK)

    def _guarded(self, handler: _Handler) -> _Handler:
        """Restrict a handler to clients that have opened the link."""

        @functools.wraps(handler)
        async def endpoint(request: Request) -> Response:
            if self._door.visitor(request) is None:
                return _message(
                    403, "Open the link", "`selfrepair view` printed it; it ends in a secret."
                )
            try:
                return await handler(request)
            except SelfRepairError as error:
                return _message(503, "This cannot be shown", str(error))

        return endpoint

    async def _enter(self, request: Request) -> Response:
        """Open the link: store its secret in the browser, and redirect from its address."""

        def nobodys() -> Response:
            return _message(404, "Not the link of this page", "Look whether all of it was copied.")

        return self._door.enter(request, self._guesses, nobodys)

    async def _overview(self, _: Request) -> Response:
        found = await _do(self._watched.runs)
        return self._page("overview.html", runs=found)

    async def _run(self, request: Request) -> Response:
        number = _number(str(request.path_params["run"]))
        found = await _do(self._watched.runs)
        run = next((each for each in found if each.about.run == number), None)
        if run is None:
            return _no_run()
        return self._page(
            "one_run.html",
            run=run,
            others=[each for each in found if each is not run],
            latest=run.latest[:_MOST_SHOWN],
            more=max(len(run.latest) - _MOST_SHOWN, 0),
        )

    async def _report(self, request: Request) -> Response:
        number = _number(str(request.path_params["run"]))
        run = None if number is None else await _do(self._watched.run, number)
        if run is None:
            return _no_run()
        async with self._one_at_a_time:  # estimates take seconds of a processor
            return _whole(await _do(self._reports.of_run, run.about.run, run.about.tasks))

    async def _compare(self, request: Request) -> Response:
        given = request.query_params.getlist("run")
        numbers = sorted({number for each in given if (number := _number(each))})
        if not 2 <= len(numbers) <= MOST_COMPARED:  # noqa: PLR2004 - a pair
            return _message(
                400, "Choose runs to compare", f"Two to {MOST_COMPARED}: mark them in the list."
            )
        async with self._one_at_a_time:
            return _whole(await _do(self._reports.comparison, numbers))

    async def _search(self, request: Request) -> Response:
        sought = request.query_params.get("q", "").strip()[:LONGEST_SOUGHT]
        within = request.query_params.get("run", "")
        number = _number(within)
        runs_found = await _do(self._watched.runs)
        if not sought:
            return self._page(
                "found.html", sought="", within=number, runs=runs_found, labels={}, found=None
            )
        async with self._one_at_a_time:
            found = await _do(self._searched, sought, number)
        labels = {each.about.run: each.label for each in runs_found}
        return self._page(
            "found.html", sought=sought, within=number, runs=runs_found, labels=labels, found=found
        )

    def _searched(self, sought: str, number: int | None) -> object:
        with contextlib.closing(self._watched.opened()) as store:
            return search(store, sought, run=number)

    def _page(self, template: str, **facts: object) -> Response:
        return HTMLResponse(rendering.page(template, store=self._watched.path.as_posix(), **facts))


def _whole(page: str) -> Response:
    """Send a self-contained page, with a policy that allows its inline scripts."""
    policy = f"{policy_of(page)}; frame-ancestors 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


async def _static(request: Request) -> Response:
    name = str(request.path_params["name"])
    text = rendering.static_files().get(name)
    if text is None:
        return await _missing(request, None)
    kinds = {"css": "text/css", "js": "text/javascript"}
    return Response(text, media_type=kinds[name.rpartition(".")[2]])


async def _missing(_: Request, __: Exception | None) -> Response:
    return _message(404, "There is no such page", "Look whether the address is right.")


def _no_run() -> Response:
    return _message(404, "There is no such run", "The list has those that the store holds.")


def _message(status: int, title: str, text: str) -> Response:
    if status == 403:  # noqa: PLR2004 - visitors without the link must not see the store's name
        return PlainTextResponse(f"{title}: {text}\n", status)
    return HTMLResponse(rendering.page("message.html", store="", title=title, text=text), status)


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


async def _do(work: Callable[..., _T], *arguments: object) -> _T:
    """Run blocking work in a thread."""
    return await asyncio.to_thread(work, *arguments)
