"""A study: who is shown what, by code, kept in a JSON file that holds no link and no name.

The file lies beside the texts that participants read first. A participant's link ends in a secret,
of which the file has only the SHA-256: a link that is lost cannot be found again, but renewed.
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
"""What a study's file says it is, with the version of its layout."""

_LONGEST_TEXT = 100_000  # characters of consent or instructions
_TEXTS = ("consent", "instructions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A person, by a code that says nothing about them.

    Attributes:
        code: What their answers are filed under.
        link: The SHA-256, in hexadecimal, of the secret that their link ends in.
        programs: What they are shown, in this order.
    """

    code: str
    link: str
    programs: tuple[Key, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study's design.

    Attributes:
        run: The RUN whose programs are shown.
        seed: Of the lot that was drawn.
        each: Programs that a participant is shown.
        per_program: Participants who are shown a program.
        participants: All of them.
        consent: The name of the file, beside the study's, with what participants agree to.
        instructions: The name of the file, beside the study's, that says what they are to do.
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
        """Whose link ends in a secret; None: nobody's."""
        link = hash_secret(secret)
        found = [each for each in self.participants if secrets.compare_digest(each.link, link)]
        return found[0] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyTexts:
    """What participants read first, as plain text with empty lines between paragraphs."""

    consent: str
    instructions: str


def create(
    items: Sequence[StudyItem], *, run: str, people: int, each: int, per_program: int, seed: int
) -> tuple[Study, dict[str, str]]:
    """Design a study.

    Args:
        items: The failing programs of the run, or its finished games.
        run: What names it.
        people: How many participants.
        each: Programs that each is shown.
        per_program: Participants who are shown each program.
        seed: Of the lot.

    Returns:
        The study, and by code the secret of each participant's link, which is written nowhere.

    Raises:
        UsageError: There is no such assignment; the error says why.
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
    """Hold a study against the run that it is about, and against all that it promises.

    Raises:
        UsageError: A program is not in the run, or the assignment is not as promised.
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
    """The study with another link for one participant, and its secret; the old one ends.

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
    """Open a file that, where it is new, is its user's alone: a study knows who judged what."""
    return os.open(path, flags, 0o600)


def save(study: Study, path: Path, *, anew: bool = True, noun: str = Item.noun) -> None:
    """Write a study's file, and the texts beside it where there are none yet.

    Args:
        study: The study.
        path: The file.
        anew: Refuse where it is there already: links to it may have been given away.
        noun: What participants are shown, `program` or `game`, which the texts are about.

    Raises:
        UsageError: It is there already, or cannot be written.
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
            f"--out: found {path}, which is there already; accepted: a new file, for links to "
            "that study may have been given away"
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; accepted: a file that can be written"
        ) from error


def load(path: Path) -> Study:
    """Read a study's file.

    Raises:
        UsageError: It cannot be read, or is no study.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=_OfThisFormat).study()
    except OSError as error:
        raise UsageError(f"--study: {path}: {error.strerror}; {_ACCEPTED}") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"--study: {path}: {error}; {_ACCEPTED}") from error


def texts(study: Study, path: Path) -> StudyTexts:
    """What participants read first.

    Args:
        study: The study.
        path: Its file, in whose folder the texts are.

    Raises:
        UsageError: A text is not in that folder, cannot be read, or is empty.
    """
    found = {name: _text(path, name, getattr(study, name)) for name in _TEXTS}
    return StudyTexts(consent=found["consent"], instructions=found["instructions"])


def standard(name: str, noun: str = Item.noun) -> str:
    """The text that a new study gets: `consent` or `instructions` for programs or games."""
    text = files("pytest_selfrepair.annotate").joinpath("texts", f"{noun}_{name}.txt")
    return text.read_text("utf-8")


def new_secret() -> str:
    """What nobody guesses: 24 bytes of chance in letters that an address may have."""
    return secrets.token_urlsafe(24)


def hash_secret(secret: str) -> str:
    """Its SHA-256; more is not needed to protect what is as random as a key."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


_ACCEPTED = "accepted: a file that `selfrepair study create` wrote"


class _OfThisFormat(msgspec.Struct, forbid_unknown_fields=True):
    """A study's file, as it is read."""

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
