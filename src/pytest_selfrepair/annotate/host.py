"""Serve the page, on this machine alone unless another address is requested."""

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
    """What to serve, and where.

    Attributes:
        answers: The answers file.
        study: The study, whose participants are admitted; None: one person.
        texts: The texts that participants read first.
        items: The programs and games of the study.
        person: The person without a study.
        judged: The texts to judge; None: participants write texts.
        seed: The seed of the order of texts.
        host: The address to listen on.
        port: The port; 0: any free one.
        names: Further host names of the page.
        isolation: The isolation of programs on this machine; None: programs cannot be run.
        proxies: Addresses of trusted proxies, which alone may name the client and the scheme.
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
        """Whether it opens only by a secret link; a proxy may forward anybody."""
        return self.study is not None or bool(self.proxies) or not listening.is_loopback(self.host)


async def serve(served: Served) -> None:
    """Serve until the process is interrupted.

    Raises:
        UsageError: The address cannot be bound.
        StoreError: The answers cannot be read.
    """
    key = served.answers.key()
    with listening.listen(served.host, served.port) as taken:
        runner = TrialRunner(served.isolation) if served.isolation else None
        address = listening.address(taken, served.host)
        try:
            app = build(served, key, runner)
            print(f"selfrepair: {_announcement(served, address, key)}", flush=True)  # noqa: T201 - what a command does
            await serve_app(app, taken, proxies=served.proxies)
        finally:
            if runner is not None:
                await runner.aclose()


def build(served: Served, key: bytes, runner: TrialRunner | None) -> Guard:
    """Build the application.

    Args:
        served: What to serve.
        key: The secret of the answers' file.
        runner: Runs programs; None: programs cannot be run.
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
    """All items that any participant is shown."""
    if served.study is None:
        return served.person.items
    shown = {key for each in served.study.participants for key in each.programs}
    return (item for item in served.items if item.key in shown)


def _announcement(served: Served, address: str, key: bytes) -> str:
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
