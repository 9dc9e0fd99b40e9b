"""A model that answers from a script, for tests and demonstrations.

The file is JSON: `{"tasks": {TASK_ID: {PLACE: ANSWERS}}}`. The task id `*` serves all tasks not
named. A place is, most specific first, a node (`p0/self/r1`), a stage and a source (`repair:none`,
`feedback:gpt-4`), or a stage: `program`, `repair`, `feedback`. In a scenario's games, whose TASK_ID
ends with the improved role (`lamp::seller`), the stages are `reply`, `again` (the second try after
an illegal reply), `advice` and `moderator`; from round 2 on the arm may follow (`reply:none`).
ANSWERS is one answer or a list. From a list, each draw takes the answer at its number, starting
over at the end. The draw of a turn is the number of its side's earlier turns; that of advice is the
number of the round it is about, less one. An answer is a text, or an object with `text` and
optionally `tokens` (default: words), `finish_reason` (default: `stop`), `seconds` to wait, and for
the HTTP server `faults`, which the first tries get instead: an HTTP status, `drop` for a lost
connection, or a kind of fault.

Besides `tasks` the file may contain `latency`, added to every answer's seconds (see
`SimulatedLatency`), and for the HTTP server: `api_key` and `models`, the only ones it accepts;
`refuses`, the parameters that it answers with 400; `context_tokens`, the most words of prompt and
completion together; `retry_after`, the header sent with a scripted status (default: `0`); and
`plan`, faults drawn from a seed (see `FaultPlan`).
"""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Sample, SampleRequest, Usage
from pytest_selfrepair.errors import ScriptError
from pytest_selfrepair.models.faults import Fault, FaultPlan, SimulatedLatency

PREFIX = "scripted:"
"""The prefix of scripted models' names, followed by the file's path."""

ANY_TASK = "*"

AGAIN = "again"
"""The stage of the second try after an illegal reply; falls back to the first try's answers."""

DROP = "drop"
"""A script's alias for the fault `drop-before`."""

_NODE = re.compile(
    r"p(?P<program>\d+)(?:/(?P<source>.+?)(?:/[rf]\d+)*/(?P<kind>[rf])(?P<draw>\d+))?"
)
_STAGES = {"r": "repair", "f": "feedback"}
_TURN = re.compile(
    r"(?:seller|buyer)/g\d+/(?:round1|(?P<arm>.+)/round(?P<round>\d+))/"
    r"(?:t(?P<turn>\d+)(?:/(?P<more>again|moderator(?:/third)?))?|advice)"
)


class ScriptedCompletion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scripted completion; its fields are described above."""

    text: str
    tokens: int | None = None
    finish_reason: str = "stop"
    seconds: float = 0.0
    faults: tuple[int | str, ...] = ()

    def __post_init__(self) -> None:
        """Reject unknown faults."""
        for fault in self.faults:
            if isinstance(fault, str) and fault not in {DROP, *Fault}:
                raise ValueError(f"{fault!r} is not a fault; accepted: {', '.join([DROP, *Fault])}")

    @property
    def counted(self) -> int:
        """Its tokens: as scripted, else its number of words."""
        return len(self.text.split()) if self.tokens is None else self.tokens


_Answers = str | ScriptedCompletion | Sequence[str | ScriptedCompletion]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tasks: Mapping[str, Mapping[str, str | ScriptedCompletion | list[str | ScriptedCompletion]]]
    api_key: str | None = None
    models: tuple[str, ...] | None = None
    refuses: tuple[str, ...] = ()
    context_tokens: int | None = None
    retry_after: str = "0"
    plan: FaultPlan = FaultPlan(seed=0, share=0)
    latency: SimulatedLatency = SimulatedLatency(seed=0, mean=0)


class Script:
    """The answers of one file.

    Args:
        path: The file.

    Raises:
        ScriptError: The file cannot be read or is malformed.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = msgspec.convert(json.loads(path.read_bytes()), _File)
        except (OSError, ValueError, msgspec.ValidationError) as error:
            raise ScriptError(f"script {path}: {error}") from error
        self._path = path

    @property
    def api_key(self) -> str | None:
        """The key that the HTTP server requires; None: any."""
        return self._file.api_key

    @property
    def models(self) -> tuple[str, ...] | None:
        """The HTTP server's models; None: any name."""
        return self._file.models

    @property
    def refuses(self) -> tuple[str, ...]:
        """The parameters that the HTTP server refuses."""
        return self._file.refuses

    @property
    def context_tokens(self) -> int | None:
        """The most words of prompt and completion together; None: any number."""
        return self._file.context_tokens

    @property
    def retry_after(self) -> str:
        """The Retry-After header of the HTTP server's scripted statuses."""
        return self._file.retry_after

    @property
    def plan(self) -> FaultPlan:
        """The faults that the HTTP server draws."""
        return self._file.plan

    def seconds(self, place: str, answer: ScriptedCompletion) -> float:
        """Seconds until an answer."""
        return answer.seconds + self._file.latency.seconds(place)

    def answer(self, task_id: str, node: str) -> ScriptedCompletion:
        """The completion scripted for a node.

        Raises:
            ScriptError: None is scripted.
        """
        stage, source, draw = _parsed(node)
        places = [node]
        for each in (stage, "reply") if stage == AGAIN else (stage,):
            places += [f"{each}:{source}", each]
        for task in (task_id, ANY_TASK):
            answers = self._file.tasks.get(task, {})
            for place in places:
                if place in answers:
                    return _pick(answers[place], draw)
        raise ScriptError(
            f"script {self._path}: no answer for task {task_id!r}, node {node!r}; "
            f"looked for {', '.join(repr(place) for place in places)}"
        )


class ScriptedModel:
    """A model that answers from a script in this process.

    Args:
        name: The model's name in reports.
        script: Its answers.
    """

    def __init__(self, name: str, script: Script) -> None:
        self._name = name
        self._script = script

    @property
    def name(self) -> str:
        """The model's name in reports."""
        return self._name

    async def sample(self, request: SampleRequest) -> Sample:
        """Return the scripted completion.

        Raises:
            ScriptError: None is scripted for the node.
        """
        answer = self._script.answer(request.task_id, request.node)
        place = f"{request.task_id}#{request.node}"
        said = ReplyReader().split_thoughts(answer.text)
        thought = len(said.thoughts.split()) / max(len(answer.text.split()), 1)
        await asyncio.sleep(self._script.seconds(place, answer))
        return Sample(
            text=answer.text,
            usage=Usage(
                completion_tokens=answer.counted,
                prompt_tokens=prompt_words(message.content for message in request.messages),
                counted_by="script",
                reasoning_tokens=round(answer.counted * min(thought, 1.0)),
            ),
            finish_reason=answer.finish_reason,
            dollars=0.0,
        )

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""


def prompt_words(contents: Iterable[str]) -> int:
    """The number of words of a prompt, which scripted models count as its tokens."""
    return sum(len(content.split()) for content in contents)


def _parsed(node: str) -> tuple[str, str, int]:
    found = _NODE.fullmatch(node)
    if found is None:
        return _parsed_turn(node)
    if found["kind"] is None:
        return "program", "", int(found["program"])
    return _STAGES[found["kind"]], found["source"], int(found["draw"])


def _parsed_turn(node: str) -> tuple[str, str, int]:
    found = _TURN.fullmatch(node)
    if found is None:
        raise ScriptError(
            f"found node {node!r}; accepted: p0, p0/SOURCE/r0, p0/SOURCE/f0, seller/g0/round1/t0"
        )
    if found["turn"] is None:
        return "advice", found["arm"], int(found["round"]) - 1
    stage = (found["more"] or "reply").partition("/")[0]
    return stage, found["arm"] or "", int(found["turn"]) // 2


def _pick(answers: _Answers, draw: int) -> ScriptedCompletion:
    if isinstance(answers, Sequence) and not isinstance(answers, str):
        if not answers:
            raise ScriptError("a place in the script has an empty list of answers")
        answers = answers[draw % len(answers)]
    return ScriptedCompletion(text=answers) if isinstance(answers, str) else answers
