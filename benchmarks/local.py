"""Measure what the embedded model computes in a run, compared with the earlier way to ask it.

    python benchmarks/local.py [--tasks N] [--programs N] [--rounds N] [--recorded FILE]

First a real run of some introductory tasks is recorded; with --recorded it is kept and reused. Its
requests are then sent again, the present and the earlier way, in alternating pytest runs with a
fresh server. Every completion has the mean length of the recorded completions of its prompt, and
the run continues with the recorded ones. Both ways therefore do the same work, and differ only in
the server's slots, the completions per request, and the requests in flight.

"New" prompt tokens are the nodes of the prefix tree of all prompts; no cache could save those.
"Computed" are the tokens that the server did not find in its cache. Seconds are from the first
request to the last answer; the server's CPU time is less sensitive to other load on the machine.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.errors import InfrastructureError
from pytest_selfrepair.models.answers import Completion
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.local import DEFAULT_SLOTS, REQUESTS_AT_ONCE, LocalServer
from pytest_selfrepair.models.transport import Call
from pytest_selfrepair.models.weights import SIZES, find_weights
from pytest_selfrepair.plugin.engine import Engine
from pytest_selfrepair.store import exchange
from pytest_selfrepair.store.sqlite_store import SqliteStore

TASKS = Path(__file__).resolve().parent.parent / "apps_tasks" / "introductory"
WAY = "SELFREPAIR_BENCHMARK_WAY"
MEASURED = "measured.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the embedded model is asked.

    Attributes:
        slots: Completions that its server draws at once.
        choices: Completions that one request asks for, at most.
        in_flight: Requests that the run has under way, at most.
        alone: Whether the first task is finished before a second begins; 1 or 0.
        recorded: The store whose requests are asked anew.
    """

    slots: int
    choices: int
    in_flight: int
    alone: int
    recorded: str = ""


OLD = Way(slots=4, choices=1, in_flight=4, alone=0)
NEW = Way(slots=DEFAULT_SLOTS, choices=DEFAULT_SLOTS, in_flight=REQUESTS_AT_ONCE, alone=1)


@dataclass(slots=True, kw_only=True)
class Measured:
    """What one run came to; times in seconds.

    Attributes:
        draws: Completions.
        computed: Prompt tokens that were not in the server's cache.
        began: When the first was asked for.
        ended: When the last had come.
        cpu: Processor time of the server since it was loaded.
    """

    draws: int = 0
    computed: int = 0
    began: float = 0.0
    ended: float = 0.0
    cpu: float = 0.0

    @property
    def seconds(self) -> float:
        """From the first request to the last answer."""
        return self.ended - self.began


@dataclass(slots=True, kw_only=True)
class Again:
    """Asks for recorded completions anew; installed in a run of pytest, whose plugin this is."""

    way: Way
    recorded: dict[tuple[str, str], Sample]
    measured: Measured = field(default_factory=Measured)

    def install(self) -> None:
        """Stand between the run and its embedded model."""
        # Not typed: methods are put in place of others.
        server_type: Any = LocalServer
        line_type: Any = EndpointClient
        model_type: Any = ChatModel
        start, stop, ask = server_type.start, server_type.close, line_type.ask
        engine_type: Any = Engine
        set_up_engine = engine_type.__init__
        set_up, draw_one, draw_several = (
            model_type.__init__,
            model_type.sample,
            model_type.sample_several,
        )
        loaded: dict[int, float] = {}

        def started(weights: Path, **settings: int | None) -> LocalServer:
            server: LocalServer = start(weights, **settings | {"slots": self.way.slots})
            loaded[server.pid] = processor_seconds(server.pid)
            return server

        def stopped(server: LocalServer) -> None:
            if server.pid in loaded and server.alive():
                self.measured.cpu += processor_seconds(server.pid) - loaded.pop(server.pid)
            stop(server)

        def made(model: ChatModel, *names: str, **settings: object) -> None:
            set_up(model, *names, **settings | {"most_choices": self.way.choices})

        def assembled(engine: Engine, *equipment: object, **_: bool) -> None:
            set_up_engine(engine, *equipment, begins_alone=bool(self.way.alone))

        async def asked(
            line: EndpointClient, prepare: Callable[[], Awaitable[Call]], **more: object
        ) -> Completion:
            async def to_the_limit() -> Call:
                call = await prepare()
                return replace(call, body={**(call.body or {}), "ignore_eos": True})

            answer: Completion = await ask(line, to_the_limit, **more)
            return answer

        async def one(model: ChatModel, request: SampleRequest) -> Sample:
            [(asked_for, recorded)] = self.as_recorded([request])
            self.note([await draw_one(model, asked_for)])
            return recorded

        async def several(
            model: ChatModel, requests: Sequence[SampleRequest]
        ) -> list[Sample | InfrastructureError]:
            pairs = self.as_recorded(requests)
            self.note(await draw_several(model, [asked_for for asked_for, _ in pairs]))
            return [recorded for _, recorded in pairs]

        server_type.start, server_type.close, line_type.ask = started, stopped, asked
        engine_type.__init__ = assembled
        model_type.__init__, model_type.sample, model_type.sample_several = made, one, several

    def as_recorded(self, requests: Sequence[SampleRequest]) -> list[tuple[SampleRequest, Sample]]:
        """Requests for completions of the mean length of the recorded ones, and those."""
        self.measured.began = self.measured.began or time.time()
        samples = [self.recorded[request.task_id, request.node] for request in requests]
        mean = statistics.fmean(sample.usage.completion_tokens for sample in samples)
        capped = [request.capped(max(1, round(mean))) for request in requests]
        return list(zip(capped, samples, strict=True))

    def note(self, drawn: Sequence[Sample | InfrastructureError]) -> None:
        """Count what was computed."""
        for sample in drawn:
            if not isinstance(sample, Sample):
                raise sample
            usage = sample.usage
            self.measured.draws += 1
            self.measured.computed += (usage.prompt_tokens or 0) - usage.cached_tokens
        self.measured.ended = time.time()


def pytest_configure(config: pytest.Config) -> None:
    """Ask anew, where a way to do so is given, and write down what was measured at the very end."""
    if WAY in os.environ:
        way = Way(**json.loads(os.environ[WAY]))
        samples = {place: sample for place, (_, sample) in recorded(Path(way.recorded)).items()}
        again = Again(way=way, recorded=samples)
        again.install()
        # Cleanups are run last first: the servers are closed by then.
        config.add_cleanup(lambda: write(again.measured))


def write(measured: Measured) -> None:
    """Leave what was measured for whoever started this run."""
    Path(MEASURED).write_text(json.dumps(asdict(measured)))


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def recorded(store: Path) -> dict[tuple[str, str], tuple[SampleRequest, Sample]]:
    """What a run asked and got, by task and node."""
    with closing(SqliteStore(store, create=False)) as file:
        lines = list(exchange.samples(file))
    return {
        (each.request.task_id, each.request.node): (each.request, each.sample) for each in lines
    }


def run(folder: Path, options: argparse.Namespace, way: Way | None) -> Measured:
    """A run of pytest in a folder; without a way, the one that is recorded."""
    command = [
        *(sys.executable, "-m", "pytest", "-p", "local", "-p", "no:cacheprovider"),
        *("-q", "-q", "--tb=no", *map(str, sorted(TASKS.iterdir())[: options.tasks])),
        *("--rootdir", str(TASKS.parent.parent), "--selfrepair-model", "local"),
        *("--selfrepair-programs", str(options.programs), *options.more),
        *("--selfrepair-store", str(options.recorded if way is None else folder / "store.sqlite")),
    ]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    if way is not None:
        command += ["--selfrepair-concurrency", str(way.in_flight)]
        environment[WAY] = json.dumps(asdict(way))
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1) or "not scored" in done.stdout:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-1000:])
    return Measured() if way is None else Measured(**json.loads((folder / MEASURED).read_text()))


def prompt_tokens(requests: Sequence[SampleRequest]) -> list[list[int]]:
    """The tokens of each prompt, by the model's own template and tokenizer."""
    with LocalServer.start(find_weights(SIZES[0]), slots=1, context=512) as server:

        def post(path: str, body: Mapping[str, object]) -> dict[str, Any]:
            connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc)
            headers = {"Authorization": f"Bearer {server.api_key}"}
            with closing(connection):
                connection.request("POST", path, json.dumps(body), headers)
                answer: dict[str, Any] = json.load(connection.getresponse())
                return answer

        def tokens(request: SampleRequest) -> list[int]:
            messages = [asdict(message) for message in request.messages]
            prompt = post("/apply-template", {"messages": messages})["prompt"]
            found: list[int] = post("/tokenize", {"content": prompt, "parse_special": True})[
                "tokens"
            ]
            return found

        return [tokens(request) for request in requests]


def new_tokens(prompts: Sequence[list[int]]) -> int:
    """Nodes of the tree of prefixes: what a cache of any size must compute."""
    in_order = sorted(prompts)
    shared = sum(
        next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
        for one, other in pairwise(in_order)
    )
    return sum(map(len, prompts)) - shared


def show(title: str, runs: Sequence[Measured], new: int, tasks: int) -> tuple[float, float, float]:
    """Print a line of medians: tokens computed for each new one, tasks an hour, seconds of CPU."""
    ratio = statistics.median(each.computed / new for each in runs)
    an_hour = statistics.median(3600 * tasks / each.seconds for each in runs)
    cpu = statistics.median(each.cpu for each in runs)
    print(
        f"{title}: computed {ratio:.2f} times the new tokens; {an_hour:.0f} tasks an hour; "
        f"{cpu:.0f} s of the server's processor time",
        flush=True,
    )
    return ratio, an_hour, cpu


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=6, help="the first introductory ones")
    parser.add_argument("--programs", type=int, default=2, help="initial programs of a task")
    parser.add_argument("--rounds", type=int, default=3, help="runs each way")
    parser.add_argument("--recorded", type=Path, help="the recorded run; made where it is missing")
    for name, value in asdict(NEW).items():
        if isinstance(value, int):
            parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    options, more = parser.parse_known_args()
    options.more = more
    new_way = replace(
        NEW,
        slots=options.slots,
        choices=options.choices,
        in_flight=options.in_flight,
        alone=options.alone,
    )
    with tempfile.TemporaryDirectory(prefix="selfrepair-local-") as name:
        options.recorded = (options.recorded or Path(name) / "recorded.sqlite").resolve()
        if not options.recorded.exists():
            run(Path(name), options, None)
        asked = [request for request, _ in recorded(options.recorded).values()]
        prompts = prompt_tokens(asked)
        new = new_tokens(prompts)
        tasks = len({request.task_id for request in asked})
        print(
            f"{tasks} tasks, {len(asked)} completions: {sum(map(len, prompts))} prompt tokens "
            f"sent, {new} of them new",
            flush=True,
        )
        found: dict[Way, list[Measured]] = {OLD: [], new_way: []}
        for _ in range(options.rounds):
            for way, runs in found.items():
                with tempfile.TemporaryDirectory(dir=name) as folder:
                    way_now = replace(way, recorded=str(options.recorded))
                    runs.append(run(Path(folder), options, way_now))
                    print(f"  {way}: {runs[-1]}", flush=True)
    (old, slow, busy), (now, fast, spent) = (
        show(
            f"{way.slots} slots, {way.choices} choices a request, {way.in_flight} requests at once",
            runs,
            new,
            tasks,
        )
        for way, runs in found.items()
    )
    print(
        f"{now / old:.2f} times the computed tokens, {fast / slow:.2f} times the tasks an hour, "
        f"{spent / busy:.2f} times the processor time"
    )


if __name__ == "__main__":
    main()
