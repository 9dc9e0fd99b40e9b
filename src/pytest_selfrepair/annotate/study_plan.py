"""The design of a study: who is shown what, by code, in a JSON file without links or names.

The texts that participants read first are stored beside it. A participant's link ends in a secret,
and the file has only its SHA-256: a lost link cannot be recovered, only renewed.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import msgspec

from pytest_selfrepair.annotate.assign import assign, check_assignment
from pytest_selfrepair.annotate.person import StudyItem
from pytest_selfrepair.annotate.study_items import Item, Key
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.report.whole_file import whole_file

FORMAT = "pytest-selfrepair study 1"
"""The format and version of a study's file."""

_LONGEST_TEXT = 100_000  # characters of consent or instructions
_TEXTS = ("consent", "instructions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A participant under a pseudonymous code.

    Attributes:
        code: The code their answers are stored under.
        link: The SHA-256, in hexadecimal, of the secret in their link.
        programs: What they are shown, in order.
    """

    code: str
    link: str
    programs: tuple[Key, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study's design.

    Attributes:
        run: The RUN whose programs are shown.
        seed: The seed of the assignment.
        each: Programs shown to a participant.
        per_program: Participants shown a program.
        participants: All of them.
        consent: The name of the file with the consent text, beside the study's.
        instructions: The name of the file with the instructions, beside the study's.
        format: `FORMAT`.
    """

    format: str = FORMAT
    run: str
    seed: int
    each: int
    per_program: int
    participants: tuple[Participant, ...]
    consent: str
    instructions: str

    def participant(self, secret: str) -> Participant | None:
        """The participant of a secret; None for an unknown one."""
        link = hash_secret(secret)
        found = [each for each in self.participants if secrets.compare_digest(each.link, link)]
        return found[0] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyTexts:
    """The texts that participants read first, as plain text with empty lines between paragraphs."""

    consent: str
    instructions: str


def create(
    items: Sequence[StudyItem], *, run: str, people: int, each: int, per_program: int, seed: int
) -> tuple[Study, dict[str, str]]:
    """Design a study.

    Args:
        items: The failing programs of the run, or its finished games.
        run: The RUN.
        people: The number of participants.
        each: Programs shown to each.
        per_program: Participants shown each program.
        seed: The seed of the assignment.

    Returns:
        The study, and each participant's secret by code, which is not stored.

    Raises:
        UsageError: No assignment exists; the error says why.
    """
    shown = assign(items, people=people, each=each, per_program=per_program, seed=seed)
    digits = len(str(people))
    given = {f"p{number:0{digits}}": new_secret() for number in range(1, people + 1)}
    study = Study(
        run=run,
        seed=seed,
        each=each,
        per_program=per_program,
        participants=tuple(
            Participant(
                code=code, link=hash_secret(secret), programs=tuple(item.key for item in mine)
            )
            for (code, secret), mine in zip(given.items(), shown, strict=True)
        ),
        consent="consent.txt",
        instructions="instructions.txt",
    )
    check(study, items)
    return study, given


def check(study: Study, items: Sequence[StudyItem]) -> None:
    """Check a study against its run and against its own guarantees.

    Raises:
        UsageError: A program is not in the run, or the assignment breaks a guarantee.
    """
    codes = [each.code for each in study.participants]
    if len(set(codes)) != len(codes):
        raise UsageError("study: participants: found a code twice; accepted: each once")
    check_assignment(
        [each.programs for each in study.participants],
        each=study.each,
        per_program=study.per_program,
        difficulties={item.key: item.difficulty for item in items},
    )


def renewed(study: Study, code: str) -> tuple[Study, str]:
    """Replace one participant's link; return the study and the new secret.

    Raises:
        UsageError: There is no such participant.
    """
    codes = [each.code for each in study.participants]
    if code not in codes:
        raise UsageError(f"CODE: found {code!r}; accepted: {', '.join(codes)}")
    secret = new_secret()
    changed = tuple(
        replace(each, link=hash_secret(secret)) if each.code == code else each
        for each in study.participants
    )
    return replace(study, participants=changed), secret


def _private(path: str, flags: int) -> int:
    """Open a file, readable by its owner only if new: a study reveals who judged what."""
    return os.open(path, flags, 0o600)


def save(study: Study, path: Path, *, anew: bool = True, noun: str = Item.noun) -> None:
    """Write a study's file, and the texts beside it where they are missing.

    Args:
        study: The study.
        path: The file.
        anew: Reject an existing file: its links may have been given away.
        noun: What participants are shown, `program` or `game`, for the texts.

    Raises:
        UsageError: It exists, or cannot be written.
    """
    text = json.dumps(msgspec.to_builtins(study), indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for name in _TEXTS:
            beside = path.parent / getattr(study, name)
            if not beside.exists():
                beside.write_text(standard(name, noun), "utf-8")
        if anew:
            with open(path, "x", encoding="utf-8", opener=_private) as file:
                file.write(text)
        else:
            with whole_file(path, private=True) as part:
                part.write_text(text, encoding="utf-8")
    except FileExistsError as error:
        raise UsageError(
            f"--out: found {path}, which exists already; accepted: a new file, as links to that "
            "study may be in use"
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; accepted: a file that can be written"
        ) from error


def load(path: Path) -> Study:
    """Read a study's file.

    Raises:
        UsageError: It cannot be read, or is not a study.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=_OfThisFormat).study()
    except OSError as error:
        raise UsageError(f"--study: {path}: {error.strerror}; {_ACCEPTED}") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"--study: {path}: {error}; {_ACCEPTED}") from error


def texts(study: Study, path: Path) -> StudyTexts:
    """Read the texts that participants read first.

    Args:
        study: The study.
        path: Its file; the texts are in the same folder.

    Raises:
        UsageError: A text is not in that folder, cannot be read, or is empty.
    """
    found = {name: _text(path, name, getattr(study, name)) for name in _TEXTS}
    return StudyTexts(consent=found["consent"], instructions=found["instructions"])


def standard(name: str, noun: str = Item.noun) -> str:
    """The default text of a new study: `consent` or `instructions` for programs or games."""
    text = files("pytest_selfrepair.annotate").joinpath("texts", f"{noun}_{name}.txt")
    return text.read_text("utf-8")


def new_secret() -> str:
    """A secret of 24 random bytes in letters allowed in an address."""
    return secrets.token_urlsafe(24)


def hash_secret(secret: str) -> str:
    """A secret's SHA-256, which suffices for a random key."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


_ACCEPTED = "accepted: a file that `selfrepair study create` wrote"


class _OfThisFormat(msgspec.Struct, forbid_unknown_fields=True):
    """A study's file as read."""

    format: str
    run: str
    seed: int
    each: int
    per_program: int
    participants: tuple[Participant, ...]
    consent: str
    instructions: str

    def study(self) -> Study:
        if self.format != FORMAT:
            raise msgspec.DecodeError(f"format: found {self.format!r}, not {FORMAT!r}")
        return Study(**msgspec.structs.asdict(self))


def _text(path: Path, field: str, name: str) -> str:
    folder = path.parent.resolve()
    beside = (folder / name).resolve()
    if beside.parent != folder:
        raise UsageError(f"{path}: {field}: found {name!r}; accepted: the name of a file beside it")
    try:
        with beside.open(encoding="utf-8") as file:
            text = file.read(_LONGEST_TEXT).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {field}: {beside.name}: {error}; accepted: a text") from error
    if not text:
        raise UsageError(f"{path}: {field}: {beside.name} is empty; accepted: a text")
    return text
