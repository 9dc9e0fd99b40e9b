"""The application: its routes."""

from collections.abc import Collection

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pytest_selfrepair.annotate.blind_pages import Judging
from pytest_selfrepair.annotate.site import Site, not_found, static
from pytest_selfrepair.annotate.trial_page import TrialPage
from pytest_selfrepair.annotate.writing import Writing
from pytest_selfrepair.web.guard import LOOPBACK, Guard


class _Place(Convertor[int]):
    """The position of a program or text in a list: a number of a few digits."""

    regex = "[0-9]{1,6}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("place", _Place())


def application(
    site: Site,
    pages: Writing | Judging,
    trials: TrialPage,
    *,
    names: Collection[str] = LOOPBACK,
    addresses: bool = False,
) -> Guard:
    """All pages, guarded.

    Args:
        site: Shared by all pages.
        pages: The pages for participants.
        trials: Runs programs for participants who write.
        names: The page's host names.
        addresses: Whether any numeric address is accepted as its host, too.
    """
    routes = [
        Route("/", site.guarded(pages.home), methods=["GET"]),
        Route("/enter/{secret:str}", site.enter, methods=["GET"]),
        Route(
            "/consent", site.guarded(site.ask_consent, before_consent=True), methods=["GET", "POST"]
        ),
        Route(
            "/withdraw", site.guarded(site.withdraw, before_consent=True), methods=["GET", "POST"]
        ),
        Route("/static/{name:str}", static, methods=["GET"]),
    ]
    both = ["GET", "POST"]
    if isinstance(pages, Writing):
        routes += [
            Route("/programs/{number:place}", site.guarded(pages.program), methods=both),
            Route("/programs/{number:place}/draft", site.guarded(pages.draft), methods=both),
            Route("/programs/{number:place}/run", site.guarded(trials.run), methods=["POST"]),
        ]
    else:
        routes.append(Route("/texts/{number:place}", site.guarded(pages.text), methods=both))
    app = Starlette(routes=routes, exception_handlers={404: _missing})
    return Guard(app, names, addresses=addresses)


async def _missing(_: Request, __: Exception) -> Response:
    return not_found()
