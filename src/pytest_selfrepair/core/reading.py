"""Parse a reply into thoughts, explanation and program.

One set of rules serves initial programs and repairs. The rule that applied is returned, for the
record.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pytest_selfrepair.core.candidates import CODE_LINE, Candidate, Fitness, candidate
from pytest_selfrepair.core.fences import (
    Block,
    fenced_blocks,
    indented_code,
    loosely_fenced_blocks,
    without_blocks,
)
from pytest_selfrepair.core.parsing import LONGEST_PARSED, python_lines
from pytest_selfrepair.core.sample import LENGTH
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.thoughts import Spoken, spoken

RULES = 1
"""The version of these rules in records; 0: those before this module."""

_HEADING = re.compile(
    r"^[#*\s]*(?:the\s+)?(?:repaired|fixed|corrected)\s+(?:program|code|version|solution)[:*\s]*$",
    re.MULTILINE | re.IGNORECASE,
)
_OPENING = re.compile(r"\A[#*\s]*(?:what is wrong|explanation)(?:[:*]+|[ \t]*\n)\s*", re.IGNORECASE)
_INLINE = re.compile(r"(`{1,3})(?!`)(?:python3?|py)?\s*([^`\n]+)\1(?!`)")
_WRAPPER = re.compile(
    r"</?(?:answer|final|final_answer|code|program|solution|python|pre|response|output)>",
    re.IGNORECASE,
)
"""Tags that some models put around their answer."""
_MOST_STARTS = 20
"""The most lines tried as the start of a program without a fence."""
_LONGEST_READ = 1_000_000
"""The characters read from the end of a reply, as the last program counts."""


class ReadingRule(StrEnum):
    """The rule that selected a reply's program.

    Attributes:
        ONLY_BLOCK: The reply has one code block.
        ONLY_ANSWER: The only one of several blocks that could be the answer.
        LAST_ANSWER: The last of several that could be.
        JOINED: The last that could be, after earlier blocks with definitions that it uses.
        UNFENCED: Code outside of blocks.
        INLINE: Code within a line of text.
        LAST_BLOCK: No block could be the answer; the last Python block.
        NOTHING: The reply holds no program.
        CUT_OFF: The reply ends within a thought or before its answer.
    """

    ONLY_BLOCK = "only_block"
    ONLY_ANSWER = "only_answer"
    LAST_ANSWER = "last_answer"
    JOINED = "joined"
    UNFENCED = "unfenced"
    INLINE = "inline"
    LAST_BLOCK = "last_block"
    NOTHING = "nothing"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A parsed reply.

    Attributes:
        program: The program, without its fences; empty without one.
        rule: The rule that selected it.
        others: The number of other blocks, with different text, that could have been the answer.
        explanation: The text before the program, or before the first code block; all text without
            one.
        explained: The explanation's share of the answer's characters, from 0 to 1.
        thoughts: The model's thoughts.
    """

    program: str
    rule: ReadingRule
    others: int = 0
    explanation: str = ""
    explained: float = 0.0
    thoughts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReader:
    """Parses the replies of one model.

    Attributes:
        thinking_tags: Names of its tags around thoughts, besides the known ones.
    """

    thinking_tags: tuple[str, ...] = ()

    def program(self, reply: str, task: Task, *, finish_reason: str = "stop") -> Reading:
        """Find the program in a reply.

        The last code block that could be the answer counts: for standard input, one that reads and
        prints; for a function, one that defines it. Without such a block, code outside of blocks is
        searched. Initial programs and repairs are treated alike.

        Args:
            reply: The model's text, without separate thoughts.
            task: The task.
            finish_reason: Why the model stopped.
        """
        said = self.split_thoughts(reply)
        answer = said.answer
        if said.cut_off or (finish_reason == LENGTH and not answer.strip()):
            return Reading(program="", rule=ReadingRule.CUT_OFF, thoughts=said.thoughts)
        found = _found(answer, task)
        explanation = _explanation(answer, found)
        return replace(
            found,
            explanation=explanation,
            explained=len(explanation) / max(len(answer), 1),
            thoughts=said.thoughts,
        )

    def words(self, reply: str, *, code: bool = True) -> str:
        """A reply's text without its thoughts; empty where it was cut off within one.

        Args:
            reply: The model's text.
            code: Whether to keep code blocks.
        """
        said = self.split_thoughts(reply)
        if said.cut_off:
            return ""
        return said.answer.strip() if code else "\n".join(without_blocks(said.answer)).strip()

    def split_thoughts(self, reply: str) -> Spoken:
        """Split a reply into thoughts and answer."""
        return spoken(_normal(reply), self.thinking_tags)


def _normal(reply: str) -> str:
    return reply[-_LONGEST_READ:].replace("\r\n", "\n")


def _found(answer: str, task: Task) -> Reading:
    """Find the program of an answer in its blocks, else outside of them."""
    reading, fitness = _of_blocks(fenced_blocks(answer), task)
    if fitness < Fitness.ANSWER:
        again, better = _of_blocks(loosely_fenced_blocks(answer), task)
        if better > fitness:
            reading, fitness = again, better
    if fitness < Fitness.ANSWER:
        bare = _outside_of_blocks(answer, task)
        if bare.fitness > fitness:
            return Reading(program=bare.code, rule=bare.rule)
    return reading


def _of_blocks(blocks: Sequence[Block], task: Task) -> tuple[Reading, Fitness]:
    """Find the program in some blocks, and rate it."""
    weighed = _without_excerpts([_rated(block, task) for block in blocks])
    best = max((each.fitness for each in weighed), default=Fitness.NOT_CODE)
    if best is Fitness.NOT_CODE:
        return Reading(program="", rule=ReadingRule.NOTHING), best
    fitting = [index for index, each in enumerate(weighed) if each.fitness is best]
    if best is Fitness.PART:  # a program with unbound names is hardly whole
        fitting = [index for index in fitting if not weighed[index].lacks] or fitting
    last = fitting[-1]
    chosen = weighed[last]
    texts = {weighed[index].code.strip() for index in fitting}
    others = len(texts) - 1 if best is Fitness.ANSWER else 0
    if joined := _joined(weighed[: last + 1]):
        return Reading(program=joined, rule=ReadingRule.JOINED, others=others), best
    if len(blocks) == 1:
        rule = ReadingRule.ONLY_BLOCK
    elif best is Fitness.ANSWER:
        rule = ReadingRule.LAST_ANSWER if others else ReadingRule.ONLY_ANSWER
    else:
        rule = ReadingRule.LAST_BLOCK
    return Reading(program=chosen.code, rule=rule, others=others), best


def _rated(block: Block, task: Task) -> Candidate:
    """Rate a block, with the code on its fence's line where it needs that."""
    if not block.may_be_python:
        return Candidate(code=block.code, fitness=Fitness.NOT_CODE)
    alone = candidate(block.code, task, tagged=block.is_tagged)
    if not block.beside or (alone.compiles and not alone.lacks):
        return alone
    whole = candidate(f"{block.beside}\n{block.code}", task, tagged=block.is_tagged)
    if whole.compiles and (not alone.compiles or whole.lacks < alone.lacks):
        return whole
    return alone


def _without_excerpts(weighed: Sequence[Candidate]) -> list[Candidate]:
    """Downgrade excerpts of an earlier answer, which binds all names they lack."""
    kept: list[Candidate] = []
    for each in weighed:
        answers = (other for other in kept if other.fitness is Fitness.ANSWER)
        if each.lacks and any(each.lacks <= other.binds_somewhere for other in answers):
            kept.append(replace(each, fitness=min(each.fitness, Fitness.CODE)))
        else:
            kept.append(each)
    return kept


def _joined(weighed: Sequence[Candidate]) -> str:
    """Join the last piece to earlier ones that define what it lacks; empty where none need joining.

    Models that explain a program in parts write a function in one block and its use in the next.
    """
    *earlier, last = weighed
    lacks, parts = set(last.lacks), [last.code]
    for each in reversed(earlier):
        if lacks & each.binds:
            lacks = (lacks - each.binds) | each.lacks
            parts.insert(0, each.code)
    return "\n".join(parts) if len(parts) > 1 and not lacks else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bare:
    """Code outside of blocks."""

    code: str = ""
    rule: ReadingRule = ReadingRule.NOTHING
    fitness: Fitness = Fitness.NOT_CODE


def _outside_of_blocks(text: str, task: Task) -> _Bare:
    """Find the best-rated code outside of blocks, the last of equals."""
    pieces = [*without_blocks(text), *indented_code(text)]
    bare = (_WRAPPER.sub("\n", piece) for piece in pieces)
    found = [(code, ReadingRule.UNFENCED) for piece in bare for code in _python_parts(piece)]
    found += [(match[2].strip(), ReadingRule.INLINE) for match in _INLINE.finditer(text)]
    best = _Bare()
    for code, rule in found:
        fitness = candidate(code, task, tagged=False).fitness
        if fitness > best.fitness or (fitness is best.fitness and rule is best.rule):
            best = _Bare(code=code, rule=rule, fitness=fitness)
    return best


def _python_parts(text: str) -> Iterator[str]:
    """Yield the Python parts of a text, each from a line of code on; else all from the first."""
    lines = text[-LONGEST_PARSED:].split("\n")
    starts = [number for number, line in enumerate(lines) if CODE_LINE.match(line)]
    end = 0
    for start in starts[:_MOST_STARTS]:
        if start >= end:
            count = python_lines(lines[start:])
            end = start + count
            if count:
                yield "\n".join(lines[start:end])
    if starts and not end:
        yield "\n".join(lines[starts[0] :])


def _explanation(answer: str, found: Reading) -> str:
    """The text before the heading, else before the first code block or the program itself."""
    text = _OPENING.sub("", answer)
    blocks = fenced_blocks(text)
    headings = [
        heading
        for heading in _HEADING.finditer(text)
        if not any(b.first <= text.count("\n", 0, heading.end()) < b.last for b in blocks)
    ]
    if headings:
        return text[: headings[-1].start()].strip()
    if found.rule in {ReadingRule.UNFENCED, ReadingRule.INLINE}:
        return text[: max(text.rfind(found.program), 0)].strip(" \t\n`")
    if blocks:
        return "\n".join(text.split("\n")[: blocks[0].first]).strip()
    return text.strip()
