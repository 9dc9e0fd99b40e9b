"""Flags and ini values → one frozen `Settings`; nothing else reads an option."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_selfrepair.errors import UsageError

if TYPE_CHECKING:
    import pytest

CHECKER_NAMES = ("tolerant", "strict", "unordered", "apps")
"""The keys of `core.checker.CHECKERS`, which is not imported before a model is named."""


PAPER = 0
"""What `sample` is where the paper's numbers of tasks are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a run was asked to do; the fields are the flags without their prefix."""

    model: str
    feedback: tuple[str, ...]
    programs: int
    repairs: int
    budget: int | None
    max_tokens_total: int | None
    max_cost: float | None
    plan: bool
    temperature: float
    max_tokens: int
    feedback_max_tokens: int
    seed: int | None
    base_url: str | None
    concurrency: int
    request_timeout: float
    request_retries: int
    retry_time: float
    requests_per_minute: int | None
    tokens_per_minute: int | None
    prices: Path | None
    store: Path
    replay: str
    sandbox: str
    timeout: float
    memory: int
    checker: str
    all_cases: bool
    validate: bool
    prompts: Path | None
    tasks: tuple[str, ...]
    sample: int | None
    feedback_cases: str
    local_weights: Path | None
    local_threads: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """One flag and its ini twin.

    Attributes:
        name: The field of `Settings`; `max_tokens` is `--selfrepair-max-tokens`.
        metavar: What the help calls its value.
        help: What it is for, ending in its default.
        default: Its text where neither flag nor ini gives one; None: absent.
        parse: Text → value; raises ValueError with what is accepted.
        repeats: Whether it may be given more than once.
        switch: Whether the flag takes no value; the ini twin says true or false.
    """

    name: str
    metavar: str
    help: str
    default: str | None
    parse: Callable[[str], object]
    repeats: bool = False
    switch: bool = False

    @property
    def flag(self) -> str:
        return "--selfrepair-" + self.name.replace("_", "-")

    @property
    def ini(self) -> str:
        return f"selfrepair_{self.name}"


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("a text that is not empty")
    return value.strip()


def _whole(least: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            number = least - 1
        if number < least:
            raise ValueError(f"a whole number from {least} up")
        return number

    return parse


def _number(least: float, most: float) -> Callable[[str], float]:
    def parse(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            raise ValueError(f"a number from {least:g} to {most:g}")
        return number

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(" or ".join(words))
        return value

    return parse


def _yes_or_no(value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise ValueError("true or false")
    return value.lower() == "true"


def _url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("an address that begins with http:// or https://")
    return value.rstrip("/")


def _sample(value: str) -> int:
    if value == "paper":
        return PAPER
    try:
        return _whole(1)(value)
    except ValueError as error:
        raise ValueError(f"{error}, or paper") from None


_OPTIONS = (
    _Option(
        name="model",
        metavar="NAME",
        help="the code model; turns the plugin on. local, local:1.5b, scripted:FILE, or any name "
        "that the OpenAI-compatible endpoint knows",
        default=None,
        parse=_text,
    ),
    _Option(
        name="feedback",
        metavar="SOURCE",
        help="where feedback comes from; may be given more than once. self (explanation and repair "
        "in one completion), self:separate, none (error sentence only), or a model's name "
        "(default: self)",
        default="self",
        parse=_text,
        repeats=True,
    ),
    _Option(
        name="programs",
        metavar="N",
        help="initial programs of a task, n_p (default: 5)",
        default="5",
        parse=_whole(1),
    ),
    _Option(
        name="repairs",
        metavar="N",
        help="repairs of every failing program, n_fr (default: 1)",
        default="1",
        parse=_whole(0),
    ),
    _Option(
        name="budget",
        metavar="TOKENS",
        help="generated tokens that one repair tree may cost, initial programs included "
        "(default: no bound)",
        default=None,
        parse=_whole(1),
    ),
    _Option(
        name="max_tokens_total",
        metavar="TOKENS",
        help="tokens that the whole run may generate, over all workers and resumed runs "
        "(default: no bound)",
        default=None,
        parse=_whole(1),
    ),
    _Option(
        name="max_cost",
        metavar="DOLLARS",
        help="US dollars that the whole run may cost, over all workers and resumed runs "
        "(default: no bound)",
        default=None,
        parse=_number(0, 1e9),
    ),
    _Option(
        name="plan",
        metavar="",
        help="say how many tasks, requests, tokens and US dollars the run would take at most, and "
        "sample nothing",
        default="false",
        parse=_yes_or_no,
        switch=True,
    ),
    _Option(
        name="temperature",
        metavar="T",
        help="sampling temperature (default: 0.8)",
        default="0.8",
        parse=_number(0, 2),
    ),
    _Option(
        name="max_tokens",
        metavar="N",
        help="longest completion of a program or repair, in tokens (default: 1024)",
        default="1024",
        parse=_whole(1),
    ),
    _Option(
        name="feedback_max_tokens",
        metavar="N",
        help="longest feedback of a model that only explains, in tokens (default: 256)",
        default="256",
        parse=_whole(1),
    ),
    _Option(
        name="seed",
        metavar="N",
        help="base seed; every draw gets its own, derived from it (default: none is sent)",
        default=None,
        parse=_whole(0),
    ),
    _Option(
        name="base_url",
        metavar="URL",
        help="address of the OpenAI-compatible endpoint (default: $OPENAI_BASE_URL, else OpenAI's)",
        default=None,
        parse=_url,
    ),
    _Option(
        name="concurrency",
        metavar="N",
        help="requests in flight, over the whole run (default: 16)",
        default="16",
        parse=_whole(1),
    ),
    _Option(
        name="request_timeout",
        metavar="SECONDS",
        help="how long one request may take (default: 600)",
        default="600",
        parse=_number(0.1, 86400),
    ),
    _Option(
        name="request_retries",
        metavar="N",
        help="how often a request is tried again after 429, 5xx or a lost connection (default: 8)",
        default="8",
        parse=_whole(0),
    ),
    _Option(
        name="retry_time",
        metavar="SECONDS",
        help="how long after its first try a request may be tried again (default: 1800)",
        default="1800",
        parse=_number(0, 604800),
    ),
    _Option(
        name="requests_per_minute",
        metavar="N",
        help="requests sent to an endpoint in a minute, over the whole run (default: no bound)",
        default=None,
        parse=_whole(1),
    ),
    _Option(
        name="tokens_per_minute",
        metavar="N",
        help="tokens, read or generated, that an endpoint is asked for in a minute, over the whole "
        "run (default: no bound)",
        default=None,
        parse=_whole(1),
    ),
    _Option(
        name="prices",
        metavar="FILE",
        help="a TOML file of prices, which go before those that come with the plugin: "
        '["MODEL"] with input, cached_input and output in US dollars per million tokens',
        default=None,
        parse=Path,
    ),
    _Option(
        name="store",
        metavar="FILE",
        help="where samples and records are kept (default: .selfrepair/samples.sqlite)",
        default=".selfrepair/samples.sqlite",
        parse=Path,
    ),
    _Option(
        name="replay",
        metavar="MODE",
        help="off: sample everything anew; auto: serve stored samples and pay for the rest; "
        "only: never pay, a sample that is not stored is an error (default: auto)",
        default="auto",
        parse=_one_of("off", "auto", "only"),
    ),
    _Option(
        name="sandbox",
        metavar="LEVEL",
        help="auto: the strongest isolation found; strict: refuse without bubblewrap; limits: "
        "resource limits alone, which auto refuses (default: auto)",
        default="auto",
        parse=_one_of("auto", "strict", "limits"),
    ),
    _Option(
        name="timeout",
        metavar="SECONDS",
        help="CPU time that a program may take for one case (default: 4)",
        default="4",
        parse=_number(0.1, 3600),
    ),
    _Option(
        name="memory",
        metavar="MB",
        help="memory that a program may use, in MB (default: 1024)",
        default="1024",
        parse=_whole(64),
    ),
    _Option(
        name="checker",
        metavar="NAME",
        help="how output is compared: tolerant, strict, unordered, or apps, the official checker's "
        "semantics (default: tolerant)",
        default="tolerant",
        parse=_one_of(*CHECKER_NAMES),
    ),
    _Option(
        name="all_cases",
        metavar="",
        help="run every case of a program rather than stop at the first that fails",
        default="false",
        parse=_yes_or_no,
        switch=True,
    ),
    _Option(
        name="validate",
        metavar="",
        help="try every task by its own reference solutions first; where none passes, the task is "
        "quarantined: skipped, and part of no rate",
        default="false",
        parse=_yes_or_no,
        switch=True,
    ),
    _Option(
        name="prompts",
        metavar="DIR",
        help="a prompt set of your own (default: the one that comes with the plugin)",
        default=None,
        parse=Path,
    ),
    _Option(
        name="tasks",
        metavar="PATH",
        help="task folders, JSON Lines files or hub:NAME[split] to run where the command line "
        "names no path; may be given more than once (default: as pytest collects)",
        default=None,
        parse=_text,
        repeats=True,
    ),
    _Option(
        name="sample",
        metavar="N",
        help="run N tasks of those that are selected, drawn by --selfrepair-seed (else 0) with "
        "each difficulty in proportion; paper: 60 introductory, 180 interview and 60 competition "
        "(default: all)",
        default=None,
        parse=_sample,
    ),
    _Option(
        name="feedback_cases",
        metavar="WHICH",
        help="the cases that feedback and repair may see: all, as in the paper, or public, those "
        "in the statement; every case decides in both (default: all)",
        default="all",
        parse=_one_of("all", "public"),
    ),
    _Option(
        name="local_weights",
        metavar="FILE",
        help="a GGUF file of your own for the model `local`",
        default=None,
        parse=Path,
    ),
    _Option(
        name="local_threads",
        metavar="N",
        help="processors that an embedded model computes on (default: all but one)",
        default=None,
        parse=_whole(1),
    ),
)

assert [option.name for option in _OPTIONS] == [field.name for field in fields(Settings)]  # noqa: S101 - a table and a type that must not drift apart


def add(parser: "pytest.Parser") -> None:
    """Declare every flag and its ini twin; values are read and checked by `settings()`."""
    group = parser.getgroup("selfrepair", "self-repair of language models' programs")
    for option in _OPTIONS:
        taken: dict[str, Any] = {"action": "store_const", "const": "true"}
        if not option.switch:
            action = "append" if option.repeats else "store"
            taken = {"action": action, "metavar": option.metavar}
        group.addoption(option.flag, dest=option.ini, default=None, help=option.help, **taken)
        kind: Any = "linelist" if option.repeats else "string"
        parser.addini(option.ini, f"as {option.flag}", type=kind, default=None)


def is_on(config: "pytest.Config") -> bool:
    """True where a model is named, by flag or ini."""
    return bool(config.getoption("selfrepair_model") or config.getini("selfrepair_model"))


def settings(config: "pytest.Config") -> Settings:
    """Read and check every option; the flag wins over the ini value.

    Raises:
        UsageError: A value is not accepted; the error names the flag or ini, the value, and what
            would be.
    """
    values: dict[str, Any] = {}
    for option in _OPTIONS:
        name, texts = _given(option, config)
        parsed = [_parsed(option, name, text) for text in texts]
        if option.repeats:
            values[option.name] = tuple(dict.fromkeys(parsed))
        else:
            values[option.name] = parsed[0] if parsed else None
    # Without an ini file pytest's root is wherever the tasks are, perhaps no place to write to.
    base = config.invocation_params.dir if config.inipath is None else config.rootpath
    values["store"] = base / values["store"]
    if not config.getoption("selfrepair_tasks"):  # the ini file speaks from where it stands
        values["tasks"] = tuple(
            task if task.startswith("hub:") else str(config.rootpath / task)
            for task in values["tasks"]
        )
    return Settings(**values)


def _given(option: _Option, config: "pytest.Config") -> tuple[str, Sequence[str]]:
    """Where an option's texts come from, and the texts."""
    for name, value in (
        (option.flag, config.getoption(option.ini)),
        (f"ini {option.ini}", config.getini(option.ini)),
    ):
        if value:
            return name, value if option.repeats else [value]
    return "default", [] if option.default is None else [option.default]


def _parsed(option: _Option, name: str, text: str) -> object:
    try:
        return option.parse(text)
    except ValueError as error:
        raise UsageError(f"{name}: found {text!r}; accepted: {error}") from None
