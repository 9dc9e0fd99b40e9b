"""The files of a prompt set: templates, and worked examples for each kind of task.

A prompt set is a folder of three TOML files: `templates.toml` (what is said), `stdin.toml` and
`call_based.toml` (worked examples for each kind of task).
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from pytest_selfrepair.core.task import TaskKind
from pytest_selfrepair.errors import UsageError

_FILES = ("templates.toml", "stdin.toml", "call_based.toml")

_T = TypeVar("_T")


class PromptTemplates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The texts of `templates.toml`."""

    system_program: str
    system_feedback: str
    system_repair: str
    system_joint: str
    format_stdin: str
    format_call_based: str
    task: str
    failure: str
    explained: str
    ask_feedback: str
    ask_repair: str
    ask_joint: str
    reply_program: str
    reply_joint: str
    system_hint: str
    solution: str
    ask_hint: str
    blind: str
    case: str
    trace: str
    placebo: tuple[str, ...]
    order_feedback: tuple[str, ...] = ("failure", "task", "ask_feedback")
    order_repair: tuple[str, ...] = ("failure", "explained", "task", "ask_repair")
    order_joint: tuple[str, ...] = ("failure", "task", "ask_joint")
    order_hint: tuple[str, ...] = ("failure", "solution", "task", "ask_hint")
    question: str = "$statement"
    packages: str = "Beside the standard library, it may import from: $packages."

    def __post_init__(self) -> None:
        """Name a part that is none."""
        for order in ("order_feedback", "order_repair", "order_joint", "order_hint"):
            for part in getattr(self, order):
                if part not in _PARTS:
                    accepted = ", ".join(sorted(_PARTS))
                    raise ValueError(f"{order}: found {part!r}; accepted: {accepted}")
        if not self.placebo:
            raise ValueError("placebo: found no text; accepted: one or more")

    @property
    def for_feedback(self) -> "RequestForm":
        """Asks for words on what is wrong with a failing program."""
        question = self._joined(self.order_feedback)
        return RequestForm(system=self.system_feedback, question=question, reply="$explanation")

    @property
    def for_joint(self) -> "RequestForm":
        """Asks for words and a repair in one reply."""
        question = self._joined(self.order_joint)
        return RequestForm(system=self.system_joint, question=question, reply=self.reply_joint)

    @property
    def for_hint(self) -> "RequestForm":
        """Asks one who is shown a solution for a hint."""
        question = self._joined(self.order_hint)
        return RequestForm(system=self.system_hint, question=question, reply="$explanation")

    def for_repair(self, *, explained: bool) -> "RequestForm":
        """Asks for a repair, with or without an explanation of what is wrong."""
        question = self._joined(self.order_repair, without="" if explained else "explained")
        return RequestForm(system=self.system_repair, question=question, reply=self.reply_program)

    def _joined(self, order: tuple[str, ...], *, without: str = "") -> str:
        """One template of several, a blank line between them."""
        return "\n\n".join(getattr(self, part).strip() for part in order if part != without)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestForm:
    """The templates of one kind of request about a failing program.

    Attributes:
        system: The system line.
        question: The template of the question.
        reply: The template of what answers it in a worked example.
    """

    system: str
    question: str
    reply: str


_PARTS = frozenset(
    {
        *("task", "question", "failure", "explained", "solution"),
        *("ask_feedback", "ask_repair", "ask_joint", "ask_hint"),
    }
)
"""Templates of which a request may be put together."""


class ProgramExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A task and a program that solves it."""

    statement: str
    program: str
    fn_name: str | None = None
    starter: str = ""


class RepairExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A failing program, what is wrong with it, and its repair."""

    statement: str
    failing: str
    error: str
    explanation: str
    program: str
    fn_name: str | None = None
    starter: str = ""


class WorkedExamples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The worked examples of one kind of task."""

    programs: tuple[ProgramExample, ...]
    repairs: tuple[RepairExample, ...]


class PromptFolder(Protocol):
    """The part of `pathlib.Path` and `importlib.resources` that a prompt set is read from."""

    def joinpath(self, name: str, /) -> "PromptFolder":
        """A file of the folder."""
        ...

    def read_bytes(self) -> bytes:
        """The file's content."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFiles:
    """The content of a prompt set's files.

    Attributes:
        digest: SHA-256 (first 12 hex digits) of the files.
        templates: The texts.
        examples: The worked examples, by kind of task.
    """

    digest: str
    templates: PromptTemplates
    examples: Mapping[TaskKind, WorkedExamples]


def read_prompt_files(name: str, folder: PromptFolder) -> PromptFiles:
    """Read the files of a prompt set.

    Args:
        name: The set's name, for messages.
        folder: The folder.

    Raises:
        UsageError: A file is missing, is not TOML, or lacks a field.
    """
    digest = hashlib.sha256()
    tables: dict[str, dict[str, object]] = {}
    for file in _FILES:
        try:
            content = folder.joinpath(file).read_bytes()
            tables[file] = tomllib.loads(content.decode())
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"prompt set {name}: {file}: {error}") from error
        digest.update(content)
    return PromptFiles(
        digest=digest.hexdigest()[:12],
        templates=_convert(name, "templates.toml", tables, PromptTemplates),
        examples={
            TaskKind.STDIN: _convert(name, "stdin.toml", tables, WorkedExamples),
            TaskKind.CALL_BASED: _convert(name, "call_based.toml", tables, WorkedExamples),
        },
    )


def _convert(name: str, file: str, tables: Mapping[str, object], kind: type[_T]) -> _T:
    try:
        return msgspec.convert(tables[file], kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"prompt set {name}: {file}: {error}") from error
