"""Shared by the pages of writing and judging: access, consent and refused requests."""

import asyncio
import functools
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from pytest_selfrepair.annotate import pages
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.door import Door
from pytest_selfrepair.annotate.participants import WithdrawnError
from pytest_selfrepair.annotate.person import Person
from pytest_selfrepair.annotate.study_plan import StudyTexts
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.report.numbers import plural
from pytest_selfrepair.store.lines import brief
from pytest_selfrepair.web.guard import GUESSES, Meter

_T = TypeVar("_T")
Handler = Callable[[Request, Person], Awaitable[Response]]

MOST_REVISIONS = 999_999_999
"""The largest revision of a draft that is accepted."""
LONGEST_SECONDS = 1e9
"""The largest number of seconds that is accepted from a page's script."""

_MOST_FIELDS = 20
_CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class BadRequestError(Exception):
    """A request that the page would not send; the text says what is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Shared by all pages.

    Attributes:
        answers: The answers file.
        door: Admits participants.
        texts: The texts that participants read first; without consent where none is asked.
        asks_consent: Whether consent is asked.
        guesses: Counts unknown links.
    """

    answers: Answers
    door: Door
    texts: StudyTexts
    asks_consent: bool
    guesses: Meter

    @property
    def consent_hash(self) -> str:
        """The SHA-256 of the consent text, in hexadecimal."""
        return hashlib.sha256(self.texts.consent.encode()).hexdigest()

    def guarded(self, handler: Handler, *, before_consent: bool = False) -> "Endpoint":
        """Restrict a handler to participants who have consented and not withdrawn."""

        @functools.wraps(handler)
        async def endpoint(request: Request) -> Response:
            person = self.door.visitor(request)
            if person is None:
                return _message(
                    403, "Open your link", "This page opens by the link that you were given."
                )
            try:
                return await self._admit(request, person, handler, before_consent)
            except WithdrawnError:
                return withdrawn()
            except BadRequestError as error:
                return PlainTextResponse(f"{error}\n", 400)
            except StoreError as error:
                return PlainTextResponse(f"It cannot be kept: {error}\n", 503)

        return endpoint

    async def _admit(
        self, request: Request, person: Person, handler: Handler, before_consent: bool
    ) -> Response:
        if person.code in await do(self.answers.people.withdrawn):
            return withdrawn()
        if request.method == "POST":
            token = request.headers.get("x-csrf") or (await form(request)).get("csrf", "")
            if not self.door.holds(person, token):
                return _message(403, "Load the page again", "This form is not one of this page.")
        if self.asks_consent and not before_consent:
            agreed = await do(self.answers.people.consented, person.code)
            if agreed != self.consent_hash:
                return RedirectResponse("/consent", 303)
        return await handler(request, person)

    async def enter(self, request: Request) -> Response:
        """Open a link: store its secret in a cookie, and redirect."""

        def nobodys() -> Response:
            return _message(404, "Not a link of this page", "Look whether all of it was copied.")

        return self.door.enter(request, self.guesses, nobodys)

    async def ask_consent(self, request: Request, person: Person) -> Response:
        """Show the consent text, or store consent."""
        if not self.asks_consent:
            return RedirectResponse("/", 303)
        if request.method == "POST":
            sent = await form(request)
            if sent.get("agree") == "yes" and sent.get("text") == self.consent_hash:
                await do(self.answers.people.consent, person.code, self.consent_hash)
                return RedirectResponse("/", 303)
        return self.page(
            "consent.html",
            person,
            consent=pages.paragraphs(self.texts.consent),
            text_hash=self.consent_hash,
        )

    async def withdraw(self, request: Request, person: Person) -> Response:
        """Ask for confirmation, then delete what the participant wrote."""
        if request.method == "POST":
            await do(self.answers.withdraw, person.code)
            return withdrawn()
        texts = sum(
            each.participant == person.code for each in await do(self.answers.texts.answers)
        )
        drafts = sum(who == person.code for who, _ in await do(self.answers.texts.drafted))
        judgements = await do(self.answers.judgements.all)
        judged = sum(each.participant == person.code for each in judgements)
        kept = f"{plural(texts, 'answer')}, {plural(drafts, 'draft')} and "
        kept += plural(judged, "judgement")
        return self.page("withdraw.html", person, kept=kept)

    def page(self, template: str, person: Person, status: int = 200, **facts: object) -> Response:
        """Render a page for a participant."""
        known = {"code": person.code, "csrf": self.door.token(person)}
        return HTMLResponse(pages.page(template, **known, **facts), status)


Endpoint = Callable[[Request], Awaitable[Response]]


def withdrawn() -> Response:
    """The response to a participant who has withdrawn, to any request."""
    return _message(
        410,
        "You have withdrawn",
        "All that you wrote was deleted. This link opens nothing else any more.",
    )


def not_found() -> Response:
    """The response to an unknown address."""
    return _message(
        404, "There is no such page", "It may be one of another participant.", home=True
    )


async def static(request: Request) -> Response:
    """A static file of the pages."""
    name = str(request.path_params["name"])
    text = pages.static_files().get(name)
    if text is None:
        return not_found()
    kinds = {"css": "text/css", "js": "text/javascript", "txt": "text/plain"}
    return Response(text, media_type=kinds[name.rpartition(".")[2]])


async def form(request: Request) -> dict[str, str]:
    """The fields of a form; the last of equal names counts.

    Raises:
        BadRequestError: It is not a form.
    """
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise BadRequestError("request: found no form; accepted: a form of this page") from error
    return dict(pairs)


async def message(request: Request, kind: type[_T]) -> _T:
    """The message of a page's script.

    Raises:
        BadRequestError: It is not of the expected type.
    """
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequestError(
            f"request: {error}; accepted: a message from a script of this page"
        ) from error


def clean(text: str, *, field: str, longest: int) -> str:
    """Normalise a text for storage: line feeds only, and no control characters.

    Raises:
        BadRequestError: It is too long.
    """
    if len(text) > longest:
        raise BadRequestError(
            f"{field}: found {len(text):,} characters; accepted: up to {longest:,}"
        )
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def revision_of(sent: Mapping[str, str]) -> int:
    """The draft revision in a form; 0 without one.

    Raises:
        BadRequestError: It is not a revision that the page has sent.
    """
    text = sent.get("revision", "") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_REVISIONS))):
        raise BadRequestError(
            f"revision: found {brief(text)}; accepted: a revision that this page has sent"
        )
    return int(text)


def seconds_of(sent: Mapping[str, str]) -> float:
    """The seconds in a form; 0 where they are not a number."""
    text = sent.get("seconds", "")
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 <= found <= LONGEST_SECONDS else 0.0


async def do(work: Callable[..., _T], *arguments: object, **named: object) -> _T:
    """Run blocking work on the file in a thread."""
    return await asyncio.to_thread(functools.partial(work, *arguments, **named))


def _message(status: int, title: str, *texts: str, home: bool = False) -> Response:
    facts = {"title": title, "texts": texts, "code": None}
    link = {"link": "/" if home else None, "link_text": "To the beginning"}
    return HTMLResponse(pages.page("message.html", **facts, **link), status)


def new_meter() -> Meter:
    """A counter of unknown links."""
    return Meter(GUESSES)
