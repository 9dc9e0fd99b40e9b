"""Build prompts: the one place where tasks, programs and failures become chat messages.

Every record holds the hash of its prompt set's files, so that runs with different wording are never
compared unawares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from string import Template

from pytest_selfrepair.core.prompt_files import (
    ProgramExample,
    PromptFolder,
    PromptTemplates,
    RepairExample,
    RequestForm,
    WorkedExamples,
    read_prompt_files,
)
from pytest_selfrepair.core.sample import Message, Role
from pytest_selfrepair.core.task import Task, TaskKind

BUILT_IN = ("default", "paper")
"""The names of the package's prompt sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSet:
    """The prompts of one run.

    Attributes:
        name: The folder's name.
        digest: SHA-256 (first 12 hex digits) of the set's files.
        packages: The distributions that programs may use, if prompts list them.
    """

    name: str
    digest: str
    _templates: PromptTemplates
    _examples: Mapping[TaskKind, WorkedExamples]
    packages: tuple[str, ...] = ()

    @classmethod
    def default(cls) -> "PromptSet":
        """The package's default set."""
        return cls.built_in("default")

    @classmethod
    def built_in(cls, name: str) -> "PromptSet":
        """One of the package's sets, `BUILT_IN`."""
        return cls.read(name, resources.files(__package__).joinpath("prompts", name))

    @classmethod
    def read(cls, name: str, folder: PromptFolder) -> "PromptSet":
        """Read a set from a folder.

        Raises:
            UsageError: A file is missing, is not TOML, or lacks a field; the error names it.
        """
        files = read_prompt_files(name, folder)
        return cls(
            name=name, digest=files.digest, _templates=files.templates, _examples=files.examples
        )

    def with_packages(self, packages: tuple[str, ...]) -> "PromptSet":
        """Return the same set, telling the model which distributions programs may import."""
        return replace(self, packages=packages)

    def program(self, task: Task) -> tuple[Message, ...]:
        """The prompt for a program that solves a task."""
        said = self._templates
        shown = (
            turn
            for example in self._examples[task.kind].programs
            for turn in (
                _user(said.task, **_task_fields(said, example)),
                _assistant(said.reply_program, program=example.program.strip()),
            )
        )
        return (_system(said.system_program), *shown, _user(said.task, **self._asked(task)))

    def feedback(self, task: Task, *, program: str, error: str) -> tuple[Message, ...]:
        """The prompt for two or three sentences on what is wrong with a failing program."""
        form = self._templates.for_feedback
        return self._about(form, task, program=program.strip(), error=error)

    def repair(
        self, task: Task, *, program: str, error: str, explanation: str
    ) -> tuple[Message, ...]:
        """The prompt for a repair of a failing program; the explanation may be empty.

        With the blind error sentence, the worked examples have it too.
        """
        return self._about(
            self._templates.for_repair(explained=bool(explanation)),
            task,
            told_nothing=error == self.blind,
            program=program.strip(),
            error=error,
            explanation=explanation.strip(),
        )

    def joint(self, task: Task, *, program: str, error: str) -> tuple[Message, ...]:
        """The prompt for explanation and repair in one completion."""
        form = self._templates.for_joint
        return self._about(form, task, program=program.strip(), error=error)

    def hint(self, task: Task, *, program: str, error: str, solution: str) -> tuple[Message, ...]:
        """The prompt for a hint on a failing program, given a solution."""
        return self._about(
            self._templates.for_hint,
            task,
            program=program.strip(),
            error=error,
            solution=solution.strip(),
        )

    @property
    def blind(self) -> str:
        """The blind error sentence, which tells only that a program fails."""
        return self._templates.blind.strip()

    @property
    def placebo(self) -> tuple[str, ...]:
        """Advice that fits any program."""
        return tuple(text.strip() for text in self._templates.placebo)

    def cases(self, errors: Sequence[str]) -> str:
        """List the error sentences of several failing cases."""
        return "\n".join(
            _filled(self._templates.case, number=str(number), error=error)
            for number, error in enumerate(errors, start=1)
        )

    def traced(self, *, error: str, lines: str, values: str) -> str:
        """A program's last executed lines and values, with its error sentence."""
        return _filled(self._templates.trace, error=error, lines=lines, values=values)

    def _asked(self, task: Task) -> dict[str, str]:
        """The template fields of a task, with the packages that programs may use."""
        fields = _task_fields(self._templates, task)
        if self.packages:
            told = _filled(self._templates.packages, packages=", ".join(self.packages))
            fields["format"] += f"\n{told}"
        return fields

    def _about(
        self, form: RequestForm, task: Task, *, told_nothing: bool = False, **failing: str
    ) -> tuple[Message, ...]:
        """Build a prompt about a failing program, with worked examples.

        Args:
            form: The templates of the request.
            task: The task.
            told_nothing: Whether the examples take this program's blind error sentence in place of
                their own.
            failing: The template fields of the program.
        """
        error = failing["error"] if told_nothing else None
        turns = [
            turn
            for example in self._examples[task.kind].repairs
            for turn in _repair_turns(self._templates, form, example, error)
        ]
        question = _user(form.question, **self._asked(task), **failing)
        return (_system(form.system), *turns, question)


def _repair_turns(
    said: PromptTemplates, form: RequestForm, example: RepairExample, error: str | None
) -> tuple[Message, Message]:
    """The messages of a worked example, with this error sentence, or its own if None."""
    explanation, mended = example.explanation.strip(), example.program.strip()
    asked = _user(
        form.question,
        **_task_fields(said, example),
        program=example.failing.strip(),
        error=example.error.strip() if error is None else error,
        explanation=explanation,
        solution=mended,
    )
    return asked, _assistant(form.reply, explanation=explanation, program=mended)


def _task_fields(
    said: PromptTemplates, task: Task | ProgramExample | RepairExample
) -> dict[str, str]:
    """The template fields of a task: its statement and the form of its programs."""
    if task.fn_name is None:
        wanted = said.format_stdin
    else:
        starter = task.starter_code if isinstance(task, Task) else task.starter
        wanted = Template(said.format_call_based).substitute(
            fn_name=task.fn_name, starter=starter.rstrip() or f"def {task.fn_name}(...):"
        )
    return {"statement": task.statement.strip(), "format": wanted.strip()}


def _system(text: str) -> Message:
    return Message(role=Role.SYSTEM, content=text.strip())


def _filled(template: str, **fields: str) -> str:
    return Template(template).substitute(fields).strip()


def _user(template: str, **fields: str) -> Message:
    return Message(role=Role.USER, content=_filled(template, **fields))


def _assistant(template: str, **fields: str) -> Message:
    return Message(role=Role.ASSISTANT, content=_filled(template, **fields))
