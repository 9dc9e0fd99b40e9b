"""The pages on which people judge texts without knowing who wrote them."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pytest_selfrepair.annotate import pages, text_judging
from pytest_selfrepair.annotate.judgements import Judgement
from pytest_selfrepair.annotate.person import Person
from pytest_selfrepair.annotate.site import BadRequestError, Site, do, form, not_found, seconds_of
from pytest_selfrepair.annotate.text_judging import Accuracy, EditSize, Text

_QUESTIONS = (
    (
        "accuracy",
        "Is it right about what is wrong?",
        ((Accuracy.ACCURATE, "a"), (Accuracy.INACCURATE, "i"), (Accuracy.UNCERTAIN, "u")),
    ),
    (
        "change",
        "How large a change does it ask for?",
        ((EditSize.SMALL, "s"), (EditSize.LARGE, "l"), (EditSize.NONE, "n")),
    ),
)
_Named = tuple[str, str, str, str]


class Judging:
    """The pages of judging.

    Args:
        site: Shared with other pages.
        texts: All texts to judge.
        seed: The seed of each participant's order.
    """

    def __init__(self, site: Site, texts: Sequence[Text], *, seed: int) -> None:
        self._site = site
        self._texts = texts
        self._seed = seed

    async def home(self, _: Request, person: Person) -> Response:
        """Show a participant's progress and instructions."""
        mine = await self._texts_for(person)
        judged = await self._judged(person)
        done = [_name(text) in judged for text in mine]
        return self._site.page(
            "texts.html", person, count=len(mine), done=sum(done), next=_next(done, 0)
        )

    async def text(self, request: Request, person: Person) -> Response:
        """Show a text, or store the judgement of it."""
        mine = await self._texts_for(person)
        number = int(request.path_params["number"])
        if not 1 <= number <= len(mine):
            return not_found()
        text = mine[number - 1]
        if request.method == "POST":
            return await self._judge(request, person, number, mine)
        return await self._page(person, number, len(mine), text)

    async def _judge(
        self, request: Request, person: Person, number: int, mine: Sequence[Text]
    ) -> Response:
        sent = await form(request)
        try:
            accuracy, change = Accuracy(sent.get("accuracy", "")), EditSize(sent.get("change", ""))
        except ValueError as error:
            raise BadRequestError(
                f"{error}; accepted: {', '.join(Accuracy)}, and {', '.join(EditSize)}"
            ) from error
        text = mine[number - 1]
        if sent.get("text") != text.text_hash:  # a text was withdrawn since the page was shown
            return await self._page(
                person, number, len(mine), text, problem="Here is another text than before."
            )
        judgement = Judgement(
            task_id=text.item.key.task_id,
            program_hash=text.item.key.program_hash,
            text_hash=text.text_hash,
            source=text.source,
            author=text.author,
            participant=person.code,
            accuracy=accuracy,
            change=change,
            seconds=seconds_of(sent),
        )
        await do(self._site.answers.judgements.file, judgement)
        judged = await self._judged(person)
        following = _next([_name(each) in judged for each in mine], number)
        return RedirectResponse(f"/texts/{following}" if following else "/", 303)

    async def _page(
        self, person: Person, number: int, count: int, text: Text, *, problem: str | None = None
    ) -> Response:
        before = (await self._judged(person)).get(_name(text))
        chosen = {
            "accuracy": before.accuracy if before else "",
            "change": before.change if before else "",
        }
        return self._site.page(
            "text.html",
            person,
            200,
            number=number,
            count=count,
            text=text.text,
            questions=_QUESTIONS,
            chosen=chosen,
            problem=problem,
            text_hash=text.text_hash,
            **pages.shown(text.item),
        )

    async def _texts_for(self, person: Person) -> list[Text]:
        """The texts of others who have not withdrawn, in the participant's own order."""
        gone = await do(self._site.answers.people.withdrawn)
        left = [text for text in self._texts if not text.author or text.author not in gone]
        return text_judging.in_order(left, person.code, seed=self._seed)

    async def _judged(self, person: Person) -> dict[_Named, Judgement]:
        return {
            (each.task_id, each.program_hash, each.text_hash, each.source): each
            for each in await do(self._site.answers.judgements.all)
            if each.participant == person.code
        }


def _name(text: Text) -> _Named:
    return (text.item.key.task_id, text.item.key.program_hash, text.text_hash, text.source)


def _next(done: Sequence[bool], number: int) -> int | None:
    order = [*range(number, len(done)), *range(number)]
    return next((place + 1 for place in order if not done[place]), None)
