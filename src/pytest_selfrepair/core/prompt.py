"""What a model is told: the one place where tasks, programs and failures become chat messages.

A prompt set is a folder of three TOML files: `templates.toml` (what is said), `stdin.toml` and
`call_based.toml` (worked examples for each kind of task). Its hash stands in every record, so that
two runs with different wording are never compared unawares.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from string import Template
from typing import Protocol, TypeVar

import msgspec

from pytest_selfrepair.core.sample import Message, Role
from pytest_selfrepair.core.task import Task, TaskKind
from pytest_selfrepair.errors import UsageError

BUILT_IN = ("default", "paper")
"""The sets that come with the package, by name."""

_FILES = ("templates.toml", "stdin.toml", "call_based.toml")

_T = TypeVar("_T")


class _Templates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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

    def joined(self, order: tuple[str, ...], *, without: str = "") -> str:
        """One template of several, a blank line between them."""
        return "\n\n".join(getattr(self, part).strip() for part in order if part != without)


_PARTS = frozenset(
    {
        *("task", "question", "failure", "explained", "solution"),
        *("ask_feedback", "ask_repair", "ask_joint", "ask_hint"),
    }
)
"""What a request may be put together from."""


class _ProgramExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A task and a program that solves it."""

    statement: str
    program: str
    fn_name: str | None = None
    starter: str = ""


class _RepairExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A failing program, what is wrong with it, and its repair."""

    statement: str
    failing: str
    error: str
    explanation: str
    program: str
    fn_name: str | None = None
    starter: str = ""


class _Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The worked examples of one kind of task."""

    programs: tuple[_ProgramExample, ...]
    repairs: tuple[_RepairExample, ...]


class PromptFolder(Protocol):
    """The part of `pathlib.Path` and `importlib.resources` that a prompt set is read from."""

    def joinpath(self, name: str, /) -> "PromptFolder":
        """A file of the folder."""
        ...

    def read_bytes(self) -> bytes:
        """The file's content."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSet:
    """The wording of one run.

    Attributes:
        name: The folder's name.
        digest: SHA-256 (first 12 hex digits) of the set's files.
        packages: The distributions that programs may use, where the model is to be told.
    """

    name: str
    digest: str
    _templates: _Templates
    _examples: Mapping[TaskKind, _Examples]
    packages: tuple[str, ...] = ()

    @classmethod
    def default(cls) -> "PromptSet":
        """The set that is used where no other is asked for."""
        return cls.built_in("default")

    @classmethod
    def built_in(cls, name: str) -> "PromptSet":
        """One of the sets that come with the package, `BUILT_IN`."""
        return cls.read(name, resources.files(__package__).joinpath("prompts", name))

    @classmethod
    def read(cls, name: str, folder: PromptFolder) -> "PromptSet":
        """Read a set from a folder.

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
        examples = {
            TaskKind.STDIN: _convert(name, "stdin.toml", tables, _Examples),
            TaskKind.CALL_BASED: _convert(name, "call_based.toml", tables, _Examples),
        }
        return cls(
            name=name,
            digest=digest.hexdigest()[:12],
            _templates=_convert(name, "templates.toml", tables, _Templates),
            _examples=examples,
        )

    def telling(self, packages: tuple[str, ...]) -> "PromptSet":
        """The set that also tells the model what programs may import."""
        return replace(self, packages=packages)

    def program(self, task: Task) -> tuple[Message, ...]:
        """Ask for a program that solves a task."""
        said = self._templates
        shown = (
            turn
            for example in self._examples[task.kind].programs
            for turn in (
                _user(said.task, **self._described(example)),
                _assistant(said.reply_program, program=example.program.strip()),
            )
        )
        return (_system(said.system_program), *shown, _user(said.task, **self._asked(task)))

    def feedback(self, task: Task, *, program: str, error: str) -> tuple[Message, ...]:
        """Ask for two or three sentences on what is wrong with a failing program."""
        said = self._templates
        return self._about(
            task,
            said.system_feedback,
            said.joined(said.order_feedback),
            "$explanation",
            program=program.strip(),
            error=error,
        )

    def repair(
        self, task: Task, *, program: str, error: str, explanation: str
    ) -> tuple[Message, ...]:
        """Ask for a repair of a failing program; the explanation may be empty.

        Where the error sentence is the blind one, worked examples tell no more than that either.
        """
        said = self._templates
        return self._about(
            task,
            said.system_repair,
            said.joined(said.order_repair, without="" if explanation else "explained"),
            said.reply_program,
            told_nothing=error == self.blind,
            program=program.strip(),
            error=error,
            explanation=explanation.strip(),
        )

    def joint(self, task: Task, *, program: str, error: str) -> tuple[Message, ...]:
        """Ask for the explanation and the repair in one completion."""
        said = self._templates
        return self._about(
            task,
            said.system_joint,
            said.joined(said.order_joint),
            said.reply_joint,
            program=program.strip(),
            error=error,
        )

    def hint(self, task: Task, *, program: str, error: str, solution: str) -> tuple[Message, ...]:
        """Ask for a hint on a failing program of one who is shown a solution."""
        said = self._templates
        return self._about(
            task,
            said.system_hint,
            said.joined(said.order_hint),
            "$explanation",
            program=program.strip(),
            error=error,
            solution=solution.strip(),
        )

    @property
    def blind(self) -> str:
        """All that is said of a failing program where nothing is to be said of it."""
        return self._templates.blind.strip()

    @property
    def placebo(self) -> tuple[str, ...]:
        """Advice that fits any program."""
        return tuple(text.strip() for text in self._templates.placebo)

    def cases(self, errors: Sequence[str]) -> str:
        """Several failing cases of one program, each in an error sentence."""
        return "\n".join(
            _filled(self._templates.case, number=str(number), error=error)
            for number, error in enumerate(errors, start=1)
        )

    def traced(self, *, error: str, lines: str, values: str) -> str:
        """What a program did last, beside its error sentence."""
        return _filled(self._templates.trace, error=error, lines=lines, values=values)

    def _asked(self, task: Task) -> dict[str, str]:
        fields = self._fields(task.statement, task.fn_name, task.starter_code)
        if self.packages:
            told = _filled(self._templates.packages, packages=", ".join(self.packages))
            fields["format"] += f"\n{told}"
        return fields

    def _described(self, example: _ProgramExample | _RepairExample) -> dict[str, str]:
        return self._fields(example.statement, example.fn_name, example.starter)

    def _about(
        self,
        task: Task,
        system: str,
        question: str,
        reply: str,
        *,
        told_nothing: bool = False,
        **failing: str,
    ) -> tuple[Message, ...]:
        """Ask something about a failing program, after worked examples of the same.

        Args:
            task: The task.
            system: The system line.
            question: The template of the question.
            reply: The template of what answers it in an example.
            told_nothing: Whether examples have this program's error sentence, which says nothing,
                in place of their own.
            failing: What the question has of the program beside the task.
        """
        turns = []
        for example in self._examples[task.kind].repairs:
            error = failing["error"] if told_nothing else example.error.strip()
            explanation, mended = example.explanation.strip(), example.program.strip()
            turns += [
                _user(
                    question,
                    **self._described(example),
                    program=example.failing.strip(),
                    error=error,
                    explanation=explanation,
                    solution=mended,
                ),
                _assistant(reply, explanation=explanation, program=mended),
            ]
        return (_system(system), *turns, _user(question, **self._asked(task), **failing))

    def _fields(self, statement: str, fn_name: str | None, starter: str) -> dict[str, str]:
        if fn_name is None:
            wanted = self._templates.format_stdin
        else:
            wanted = Template(self._templates.format_call_based).substitute(
                fn_name=fn_name, starter=starter.rstrip() or f"def {fn_name}(...):"
            )
        return {"statement": statement.strip(), "format": wanted.strip()}


def _convert(name: str, file: str, tables: Mapping[str, object], kind: type[_T]) -> _T:
    try:
        return msgspec.convert(tables[file], kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"prompt set {name}: {file}: {error}") from error


def _system(text: str) -> Message:
    return Message(role=Role.SYSTEM, content=text.strip())


def _filled(template: str, **fields: str) -> str:
    return Template(template).substitute(fields).strip()


def _user(template: str, **fields: str) -> Message:
    return Message(role=Role.USER, content=_filled(template, **fields))


def _assistant(template: str, **fields: str) -> Message:
    return Message(role=Role.ASSISTANT, content=_filled(template, **fields))
