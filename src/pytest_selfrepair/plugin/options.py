"""Read flags and ini values into one frozen `Settings`; nothing else reads an option."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.plugin.flags import OPTION_GROUPS, OPTIONS
from pytest_selfrepair.plugin.option import Option

if TYPE_CHECKING:
    import pytest

    from pytest_selfrepair.core.shard import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a run; the fields are named after the flags."""

    model: str
    feedback: tuple[str, ...]
    programs: int
    repairs: int
    feedbacks: int | None
    depth: int
    policy: str
    prompts: str
    feedback_cases: str
    budget: int | None
    max_tokens_total: int | None
    max_cost: float | None
    prices: Path | None
    plan: bool
    discordance: float | None
    temperature: float | None
    top_p: float | None
    reasoning_effort: str | None
    max_tokens: int | None
    feedback_max_tokens: int | None
    thinking_tag: tuple[str, ...]
    stop: tuple[str, ...]
    extra_body: str | None
    header: tuple[tuple[str, str], ...] = field(repr=False)
    models: Path | None
    seed: int | None
    base_url: tuple[str, ...]
    feedback_base_url: str | None
    concurrency: int
    request_timeout: float
    request_retries: int
    retry_time: float
    requests_per_minute: int | None
    tokens_per_minute: int | None
    local_weights: Path | None
    local_threads: int | None
    tasks: tuple[str, ...]
    sample: int | None
    shard: "Shard | None"
    validate: bool
    store: Path
    run_name: str | None
    run_note: str | None
    replay: str
    sandbox: str
    timeout: float
    memory: int
    packages: tuple[str, ...] | None
    checker: str
    all_cases: bool
    judge_pool: str
    mixed_isolation: bool
    reference_speed: float | None
    rejudge: bool
    html: Path | None
    json: Path | None
    markdown: Path | None
    annotations: str | None
    baseline: tuple[str, ...]
    fail_under: float | None
    fail_under_lower: float | None
    max_regression: float | None
    max_unscored: float | None
    gate_rule: str
    gate_scope: str
    rounds: int
    games: int
    rival: str | None
    moderator: str | None
    protocol: str | None


assert [option.name for option in OPTIONS] == [each.name for each in fields(Settings)]  # noqa: S101 - the table and the type must agree


def add(parser: "pytest.Parser") -> None:
    """Declare every flag and its ini option; `settings()` reads and checks the values."""
    for heading, options in OPTION_GROUPS.items():
        group = parser.getgroup(f"selfrepair: {heading}")
        for option in options:
            taken: dict[str, Any] = {"action": "store_const", "const": "true"}
            if not option.switch:
                action = "append" if option.repeats else "store"
                taken = {"action": action, "metavar": option.metavar}
            group.addoption(option.flag, dest=option.ini, default=None, help=_help(option), **taken)
            kind: Any = "linelist" if option.repeats else "string"
            parser.addini(option.ini, f"as {option.flag}", type=kind, default=None)


def _help(option: Option) -> str:
    """The text for `pytest --help`; argparse interprets `%`."""
    default = f" (default: {option.default_in_words})" if option.default_in_words else ""
    return f"{option.described}{default}".replace("%", "%%")


def is_on(config: "pytest.Config") -> bool:
    """Whether a model is named by flag or ini; an empty name counts, as it is an error."""
    given = config.getoption("selfrepair_model"), config.getini("selfrepair_model")
    return given != (None, None)


def settings(config: "pytest.Config") -> Settings:
    """Read and check every option; the flag wins over the ini value.

    Raises:
        UsageError: A value is not accepted; the error names the flag or ini option, the value, and
            what is accepted.
    """
    values: dict[str, Any] = {}
    for option in OPTIONS:
        name, texts = _setting(option, config)
        parsed = [_parsed(option, name, text) for text in texts]
        if option.repeats:
            values[option.name] = tuple(dict.fromkeys(parsed))
        else:
            values[option.name] = parsed[0] if parsed else None
    values["store"] = base_of(config) / values["store"]
    if not config.getoption("selfrepair_tasks"):  # paths in the ini file are relative to its folder
        values["tasks"] = tuple(
            task if task.startswith("hub:") else str(config.rootpath / task)
            for task in values["tasks"]
        )
    return Settings(**values)


def base_of(config: "pytest.Config") -> Path:
    """The folder that paths of the project's own files are relative to.

    Without an ini file, pytest's root is where the tasks are, which may not be writable.
    """
    return config.invocation_params.dir if config.inipath is None else config.rootpath


def _setting(option: Option, config: "pytest.Config") -> tuple[str, Sequence[str]]:
    """Where an option's values come from, and the values."""
    for name, value in (
        (option.flag, config.getoption(option.ini)),
        (f"ini {option.ini}", config.getini(option.ini)),
    ):
        if value is None:
            continue
        if option.repeats:  # empty: an error if the option has a default, else no values
            return name, value or ([] if option.default is None else [""])
        return name, [value]
    return "default", [] if option.default is None else [option.default]


def _parsed(option: Option, name: str, text: str) -> object:
    try:
        return option.parse(text)
    except ValueError as error:
        found = text.partition(":")[0].strip() if option.secret else text
        raise UsageError(f"{name}: found {found!r}; accepted: {error}") from None
