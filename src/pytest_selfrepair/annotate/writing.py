"""The pages for writing feedback on programs, or advice after games."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pytest_selfrepair.annotate import pages
from pytest_selfrepair.annotate.finished_games import FinishedGame, shown_games
from pytest_selfrepair.annotate.person import Person, StudyItem
from pytest_selfrepair.annotate.site import (
    LONGEST_SECONDS,
    MOST_REVISIONS,
    Site,
    clean,
    do,
    form,
    message,
    not_found,
    revision_of,
    seconds_of,
)
from pytest_selfrepair.annotate.trial_running import LONGEST_INPUT
from pytest_selfrepair.annotate.written_texts import LONGEST_FEEDBACK, StaleError, WritingState

_STATES = {"new": "not begun", "draft": "a draft", "done": "answered"}


class _Draft(msgspec.Struct):
    text: str
    seconds: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_SECONDS)]
    revision: Annotated[int, msgspec.Meta(ge=0, le=MOST_REVISIONS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A program or a game in the list."""

    noun: str
    about: str
    state: str

    @property
    def words(self) -> str:
        """The state in words."""
        return _STATES[self.state]


class Writing:
    """The writing pages.

    Args:
        site: The shared parts of all pages.
        can_run: Whether participants can run programs.
    """

    def __init__(self, site: Site, *, can_run: bool) -> None:
        self._site = site
        self._can_run = can_run

    async def home(self, _: Request, person: Person) -> Response:
        """The list of a participant's items, with instructions."""
        rows = await self._rows(person)
        nouns = {row.noun for row in rows}
        return self._site.page(
            "programs.html",
            person,
            rows=rows,
            noun=nouns.pop() if len(nouns) == 1 else "page",
            done=sum(row.state == "done" for row in rows),
            next=_next(rows, 0),
            instructions=pages.paragraphs(self._site.texts.instructions),
        )

    async def program(self, request: Request, person: Person) -> Response:
        """Show a program or game, or save the submitted answer to it."""
        number = int(request.path_params["number"])
        item = person.item(number)
        if item is None:
            return not_found()
        if request.method == "POST":
            return await self._submit(request, person, number, item)
        written = await do(self._site.answers.texts.written, item.key, person.code)
        return self._page(person, number, item, written, text=written.text)

    async def draft(self, request: Request, person: Person) -> Response:
        """Return a saved draft, or save one."""
        item = person.item(request.path_params["number"])
        if item is None:
            return not_found()
        texts = self._site.answers.texts
        if request.method != "POST":
            return _state_response(await do(texts.written, item.key, person.code))
        sent = await message(request, _Draft)
        try:
            kept = await do(
                texts.save_draft,
                item.key,
                person.code,
                text=clean(sent.text, field="text", longest=LONGEST_FEEDBACK),
                seconds=sent.seconds,
                revision=sent.revision,
            )
        except StaleError as error:
            return _state_response(error.now, 409)
        return _state_response(kept)

    async def _submit(
        self, request: Request, person: Person, number: int, item: StudyItem
    ) -> Response:
        sent = await form(request)
        text = clean(sent.get("feedback", ""), field="feedback", longest=LONGEST_FEEDBACK)
        written = WritingState(text=text, seconds=seconds_of(sent), revision=revision_of(sent))
        if not text.strip():
            problem = "Nothing was written; accepted: at least a word."
            return self._page(person, number, item, written, text=text, problem=problem, status=400)
        try:
            await do(
                self._site.answers.texts.submit,
                item.key,
                person.code,
                text=text,
                seconds=written.seconds,
                revision=written.revision,
            )
        except StaleError as error:
            return self._page(
                person, number, item, written, text=text, other=error.now.text, status=409
            )
        following = _next(await self._rows(person), number)
        return RedirectResponse(f"/programs/{following}" if following else "/", 303)

    def _page(
        self,
        person: Person,
        number: int,
        item: StudyItem,
        written: WritingState,
        *,
        text: str,
        problem: str | None = None,
        other: str | None = None,
        status: int = 200,
    ) -> Response:
        facts: dict[str, object] = {
            "number": number,
            "count": len(person.items),
            "written": written,
            "text": pages.own_words(text),
            "problem": problem,
            "other": other,
            "longest": LONGEST_FEEDBACK,
        }
        if isinstance(item, FinishedGame):
            return self._site.page("game.html", person, status, **facts, **shown_games(item))
        facts |= {
            "can_run": self._can_run,
            "given": pages.own_words(pages.first_input(item)),
            "longest_input": LONGEST_INPUT,
        }
        return self._site.page("program.html", person, status, **facts, **pages.shown(item))

    async def _rows(self, person: Person) -> list[Row]:
        found = [
            (item, await do(self._site.answers.texts.written, item.key, person.code))
            for item in person.items
        ]
        return [
            Row(noun=item.noun, about=item.about, state=_state(written)) for item, written in found
        ]


def _state(written: WritingState) -> str:
    if written.answered:
        return "done"
    return "draft" if written.text.strip() else "new"


def _next(rows: list[Row], number: int) -> int | None:
    """The first unanswered item after a number, wrapping around."""
    order = [*range(number, len(rows)), *range(number)]
    return next((place + 1 for place in order if rows[place].state != "done"), None)


def _state_response(written: WritingState, status: int = 200) -> Response:
    return JSONResponse(msgspec.to_builtins(written), status)
