"""Serves the page, on this machine alone unless another address is asked for."""

import socket
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pytest_selfrepair.annotate import door
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.app import application
from pytest_selfrepair.annotate.blind_pages import Judging
from pytest_selfrepair.annotate.finished_games import FinishedGame
from pytest_selfrepair.annotate.person import Person, StudyItem
from pytest_selfrepair.annotate.site import Site, new_meter
from pytest_selfrepair.annotate.study_items import Item
from pytest_selfrepair.annotate.study_plan import Study, StudyTexts
from pytest_selfrepair.annotate.text_judging import Text
from pytest_selfrepair.annotate.trial_page import TrialPage
from pytest_selfrepair.annotate.trial_running import TrialRunner
from pytest_selfrepair.annotate.writing import Writing
from pytest_selfrepair.report.numbers import plural
from pytest_selfrepair.sandbox.isolation import Isolation
from pytest_selfrepair.web import listening
from pytest_selfrepair.web.guard import LOOPBACK, Guard
from pytest_selfrepair.web.serving import serve_app


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served, and where.

    Attributes:
        answers: Where everything is kept.
        study: Who may come; None: one person.
        texts: What participants read first.
        items: The programs and games that a study may show.
        person: That one person.
        judged: The texts that are judged; None: texts are written.
        seed: Of the order in which texts are judged.
        host: Where it listens.
        port: 0: any that is free.
        names: Other host names that the page has.
        isolation: How programs are kept apart from this machine; None: none can be run.
        proxies: Addresses of proxies before it, which alone may say who asks and by what scheme.
    """

    answers: Answers
    study: Study | None
    texts: StudyTexts
    items: tuple[StudyItem, ...]
    person: Person
    judged: tuple[Text, ...] | None
    seed: int
    host: str
    port: int
    names: tuple[str, ...]
    isolation: Isolation | None
    proxies: tuple[str, ...] = ()

    @property
    def locked(self) -> bool:
        """Whether it opens by a secret link only; a proxy may bring anybody here."""
        return self.study is not None or bool(self.proxies) or not listening.is_loopback(self.host)


async def serve(served: Served) -> None:
    """Serve until this process is interrupted.

    Raises:
        UsageError: It cannot listen there.
        StoreError: The answers cannot be read.
    """
    key = served.answers.key()
    with listening.listen(served.host, served.port) as taken:
        runner = TrialRunner(served.isolation) if served.isolation else None
        address = listening.address(taken, served.host)
        try:
            app = build(served, key, runner)
            print(f"selfrepair: {_told(served, address, key)}", flush=True)  # noqa: T201 - what a command does
            await serve_app(app, taken, proxies=served.proxies)
        finally:
            if runner is not None:
                await runner.aclose()


def build(served: Served, key: bytes, runner: TrialRunner | None) -> Guard:
    """The application that is served.

    Args:
        served: What is served.
        key: The secret of the answers' file.
        runner: Runs programs; None: none can be run.
    """
    if served.study is not None:
        entrance = door.of_study(served.study, served.items, key)
    else:
        entrance = door.of_one(served.person, key, locked=served.locked)
    site = Site(
        answers=served.answers,
        door=entrance,
        texts=served.texts,
        asks_consent=served.study is not None,
        guesses=new_meter(),
    )
    trials = TrialPage(runner)
    pages: Writing | Judging
    if served.judged is None:
        pages = Writing(site, can_run=trials.can_run)
    else:
        pages = Judging(site, served.judged, seed=served.seed)
    everywhere = listening.is_every_address(served.host)
    own = socket.gethostname() if everywhere else served.host
    names = {*LOOPBACK, own, *served.names}
    return application(site, pages, trials, names=names, addresses=everywhere)


def _asked_about(served: Served) -> Iterable[StudyItem]:
    """What anybody is asked about."""
    if served.study is None:
        return served.person.items
    shown = {key for each in served.study.participants for key in each.programs}
    return (item for item in served.items if item.key in shown)


def _told(served: Served, address: str, key: bytes) -> str:
    if served.judged is None:
        counts = Counter(type(each) for each in _asked_about(served))
        games, programs = counts[FinishedGame], counts[Item]
        said = [f"{programs} failing programs to be explained"] if programs or not games else []
        said += [f"{plural(games, 'finished game')} to be advised on"] if games else []
        what = " and ".join(said)
    else:
        what = f"{len(served.judged)} texts to be judged"
    if served.study is not None:
        return f"{what} at {address}, by the links that `selfrepair study create` printed"
    opens = f"{address}/enter/{door.secret_of_one(key)}" if served.locked else f"{address}/"
    return f"{what}: open {opens} (end with Ctrl+C)"
