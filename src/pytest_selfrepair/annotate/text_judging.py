"""Select the texts to judge, people's and models', in an order that reveals nothing."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.annotate.study_items import Item, Key
from pytest_selfrepair.core.tree import program_hash
from pytest_selfrepair.feedback.human import HumanText
from pytest_selfrepair.store.run_names import LoadedRun

HUMAN = "human"
"""The source of texts by people."""


class Accuracy(StrEnum):
    """Whether a text is right about the fault of its program."""

    ACCURATE = "accurate"
    INACCURATE = "inaccurate"
    UNCERTAIN = "uncertain"


class EditSize(StrEnum):
    """How large a change of the program a text asks for."""

    SMALL = "small"
    LARGE = "large"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to be judged.

    Attributes:
        item: The program it is on.
        text: The text.
        source: Its source: `HUMAN`, or a feedback source of the run. Never shown to judges.
        author: The code of the person who wrote it; empty for a model's.
    """

    item: Item
    text: str
    source: str
    author: str = ""

    @property
    def text_hash(self) -> str:
        """The SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


def texts(
    run: LoadedRun,
    items: Sequence[Item],
    answers: Sequence[HumanText],
    *,
    per_program: int,
    seed: int,
) -> list[Text]:
    """The texts to judge, in the order of programs.

    If people wrote about any of the programs, only texts on those are judged, so that sources are
    compared on the same programs.

    Args:
        run: The run, with the models' texts in its trees.
        items: The programs to choose from.
        answers: People's answers; those on other programs are ignored.
        per_program: The number of distinct texts drawn for each program from each of the run's
            sources, where there are enough.
        seed: The seed of the draw.
    """
    written: dict[Key, list[Text]] = defaultdict(list)
    by_key = {item.key: item for item in items}
    for answer in answers:
        key = Key(task_id=answer.task_id, program_hash=answer.program_hash)
        if key in by_key and answer.feedback.strip():
            written[key].append(
                Text(
                    item=by_key[key],
                    text=answer.feedback,
                    source=HUMAN,
                    author=answer.participant,
                )
            )
    chosen = [item for item in items if item.key in written] or list(items)
    said = _models(run)
    found: list[Text] = []
    for item in chosen:
        found += written.get(item.key, [])
        for source, all_texts in sorted(said.get(item.key, {}).items()):
            name = (seed, item.key.task_id, item.key.program_hash, source)
            lot = random.Random(repr(name))  # noqa: S311 - a design must be reproducible
            drawn = lot.sample(all_texts, min(per_program, len(all_texts)))
            found += [Text(item=item, text=text, source=source) for text in drawn]
    return found


def in_order(found: Sequence[Text], participant: str, *, seed: int) -> list[Text]:
    """The texts that a participant judges, never their own, in an order of their own."""

    def rank(text: Text) -> bytes:  # by each text alone, so that a withdrawal moves no other text
        name = (seed, participant, text.item.key, text.text_hash, text.source, text.author)
        return hashlib.sha256(repr(name).encode("utf-8", "replace")).digest()

    return sorted((text for text in found if text.author != participant), key=rank)


def _models(run: LoadedRun) -> dict[Key, dict[str, list[str]]]:
    """The distinct texts that led to repairs, by program and source."""
    said: dict[Key, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    for record in run.records:
        if record.grown is None:
            continue
        programs = {node.node: node.program for node in record.grown.programs}
        for tree in record.grown.trees:
            for repair in tree.repairs:
                text = repair.feedback.text.strip() if repair.feedback else ""
                if text and repair.parent in programs and tree.source.partition(":")[0] != HUMAN:
                    program = programs[repair.parent]
                    key = Key(task_id=record.task_id, program_hash=program_hash(program))
                    said[key][tree.source][text] = None
    return {key: {source: list(all_) for source, all_ in of.items()} for key, of in said.items()}
