"""The authors' JSON Lines: read, and written again as they were."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import RECORD, grown
from examples import examples
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Difficulty, JsonValue
from pytest_selfrepair.core.tree import Grown, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.errors import StoreError, UsageError
from pytest_selfrepair.estimate.exact.shapes import expect
from pytest_selfrepair.estimate.exact.tree_arrays import TOKENS as GENERATED
from pytest_selfrepair.estimate.exact.tree_arrays import tree_arrays
from pytest_selfrepair.estimate.run.outcome import pass_at_1
from pytest_selfrepair.store.authors_file import SingleRepair, open_file
from pytest_selfrepair.store.authors_write import write
from pytest_selfrepair.store.patch import diff, patched
from trees import counted

TEXTS = st.text(st.characters(codec=None), max_size=12)
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
TOKENS = st.integers(0, 2**53) | st.integers(0, 500).map(float)
BINARY = st.booleans() | st.sampled_from([0, 1, "True", "False"])
FAULTS = st.sampled_from(["", "SyntaxError: x", "time limit", -1, None, False]) | TEXTS
REPAIRS = st.fixed_dictionaries(
    {"tokens_generated": TOKENS, "binary": BINARY},
    optional={
        "explanation": TEXTS,
        "repaired_program": TEXTS | st.none(),
        "fault": FAULTS,
        "errors": VALUES,
        "more": VALUES,
    },
)
COMPLETIONS = st.fixed_dictionaries(
    {"tokens_generated": TOKENS, "binary": BINARY},
    optional={
        "original_completion": TEXTS,
        "executed_completion": TEXTS,
        "fault": FAULTS,
        "errors": VALUES,
        "repairs": st.none() | st.lists(REPAIRS, max_size=3),
        "avg_tokens_per_repair": VALUES,
    },
)


def unordered(facts: Mapping[str, object]) -> st.SearchStrategy[dict[str, object]]:
    return st.permutations(list(facts.items())).map(lambda items: dict(items))  # noqa: PLW0108 - typed


TASKS = st.fixed_dictionaries(
    {"completions": st.lists(COMPLETIONS.flatmap(unordered), max_size=4)},
    optional={
        "difficulty": st.none() | st.sampled_from([str(each) for each in Difficulty]),
        "notes": VALUES,
        "selfrepair": VALUES,
    },
).flatmap(unordered)
FILES = st.lists(
    st.tuples(st.sampled_from(["prob_path", "task_id"]), TEXTS.filter(bool), TASKS),
    max_size=4,
    unique_by=lambda line: line[1].encode("utf-8", "backslashreplace"),
)


def records(path: Path, single: SingleRepair = SingleRepair.AUTO) -> list[Record]:
    """A file's records; none of its lines may be malformed."""
    found = [record for _, record in open_file(path, single=single).records()]
    assert [each for each in found if isinstance(each, StoreError)] == []
    return [each for each in found if isinstance(each, Record)]


def save(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def entry(*repairs: bool, passed: bool = False, **more: object) -> dict[str, object]:
    """A completion; where it fails, its repairs as they passed or not."""
    fault = "passed" if passed else "ValueError: bad"
    own = None if passed else [{"tokens_generated": 7, "binary": each} for each in repairs]
    return {"tokens_generated": 5, "binary": passed, "fault": fault, "repairs": own, **more}


def task(name: str, *completions: object, **more: object) -> dict[str, object]:
    return {"prob_path": name, "completions": list(completions), **more}


@examples(20)
@given(FILES, st.booleans(), st.booleans(), st.sampled_from(SingleRepair))
def test_a_file_is_written_again_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory,
    lines: Sequence[tuple[str, str, dict[str, object]]],
    compact: bool,
    ascii_only: bool,
    single: SingleRepair,
) -> None:
    path = tmp_path_factory.mktemp("authors") / "file.jsonl"
    separators = (",", ":") if compact else (", ", ": ")
    texts = []
    for key, name, facts in lines:
        whole = {key: name, **facts}
        text = json.dumps(whole, separators=separators, ensure_ascii=ascii_only)
        try:
            text.encode()
        except UnicodeEncodeError:  # half a surrogate pair can only be escaped
            text = json.dumps(whole, separators=separators)
        texts.append(text)
    path.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    read = [Record.from_json(record.to_json()) for record in records(path, single)]
    assert [write(record) for record in read] == texts
    assert all(record.grown is None or record.grown.programs for record in read)


def test_the_control_character_that_json_lets_stand_is_written_as_it_was(tmp_path: Path) -> None:
    names = ("as it is \x7f", "escaped \\u007f")
    texts = [f'{{"prob_path": "{name}", "completions": []}}' for name in names]
    path = tmp_path / "file.jsonl"
    path.write_text("".join(f"{text}\n" for text in texts))
    assert [write(record) for record in records(path, SingleRepair.AUTO)] == texts


@examples(60)
@given(VALUES, VALUES)
def test_a_patch_makes_exactly_what_it_was_made_for(base: JsonValue, wanted: JsonValue) -> None:
    def exact(value: JsonValue) -> str:
        return json.dumps(value)

    patch = json.loads(json.dumps(diff(base, wanted)))
    assert exact(patched(base, patch)) == exact(wanted)
    assert diff(base, base) is None


COSTS = st.builds(
    Cost,
    tokens=st.integers(0, 2**40),
    prompt_tokens=st.integers(0, 9),
    samples=st.integers(0, 2),
    dollars=st.floats(0, 9),
)
VERDICTS = st.builds(
    Verdict,
    outcome=st.sampled_from([each for each in Outcome if each is not Outcome.PASSED]),
    cases_run=st.integers(0, 5),
    cases_passed=st.integers(0, 5),
    rule=st.none() | TEXTS,
    failure=st.none()
    | st.builds(
        CaseFailure,
        index=st.none() | st.integers(0, 3),
        input=st.none() | TEXTS,
        actual=st.none() | TEXTS,
        error=st.none() | st.just("passed") | TEXTS,
    ),
    flips=st.none() | st.booleans(),
) | st.builds(
    Verdict, outcome=st.just(Outcome.PASSED), cases_run=st.just(3), cases_passed=st.just(3)
)
FEEDBACK = st.builds(
    Feedback,
    text=TEXTS,
    cost=COSTS,
    finish_reason=TEXTS,
    evidence=st.booleans(),
    author=st.none() | TEXTS,
    seconds=st.none() | st.floats(0, 9),
)


def node(place: str, parent: str | None = None) -> st.SearchStrategy[ProgramNode]:
    return st.builds(
        ProgramNode,
        node=st.just(place),
        program=TEXTS,
        verdict=VERDICTS,
        cost=COSTS,
        finish_reason=TEXTS,
        explanation_tokens=st.integers(0, 9),
        parent=st.just(parent),
        feedback=st.none() if parent is None else FEEDBACK | st.none(),
    )


@st.composite
def trees(draw: st.DrawFn) -> Grown:
    """Trees of up to three sources, in any order of repairs and cut short anywhere."""
    n_p = draw(st.integers(0, 3))
    programs = tuple(draw(node(f"p{place}")) for place in range(n_p))
    grown_trees = []
    for source in draw(st.lists(TEXTS, max_size=3, unique=True)):
        places = draw(st.permutations([(parent.node, r) for parent in programs for r in range(2)]))
        cut = draw(st.integers(0, len(places)))
        repairs = [draw(node(f"{parent}/{source}/r{r}", parent)) for parent, r in places[:cut]]
        silent = draw(st.lists(st.sampled_from(programs), max_size=2)) if programs else []
        grown_trees.append(
            RepairTree(
                source=source,
                repairs=tuple(repairs),
                complete=draw(st.booleans()),
                unanswered=tuple(each.node for each in silent),
            )
        )
    baseline = tuple(draw(node(f"p{n_p + more}")) for more in range(draw(st.integers(0, 2))))
    return Grown(
        programs=programs,
        trees=tuple(grown_trees),
        baseline=baseline,
        complete=draw(st.booleans()),
    )


RECORDS = st.builds(
    Record,
    task_id=TEXTS.filter(bool),
    difficulty=st.none() | st.sampled_from(Difficulty),
    setup=st.none() | st.just(RECORD.setup),
    grown=st.none() | trees(),
    unscored=st.none() | TEXTS,
    quarantined=st.booleans(),
    cost=COSTS,
    seconds=st.floats(0, 9),
)


@examples(25)
@given(RECORDS, st.data())
def test_a_record_of_ours_comes_back_whole_whichever_source_others_see(
    tmp_path_factory: pytest.TempPathFactory, record: Record, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("authors") / "file.jsonl"
    sources = [tree.source for tree in record.grown.trees] if record.grown else []
    source = data.draw(st.sampled_from([None, *sources]))
    line = write(record, source)
    path.write_text(f"{line}\n", "ascii")
    (back,) = records(path)
    assert replace(back, foreign=None) == record
    assert write(back) == line
    if source in {None, *sources[:1]}:
        assert back.foreign is None


def test_other_readers_see_the_first_source_and_no_baseline_programs() -> None:
    two = grown([False, True], [[True, False]], [True])
    other = RepairTree(source="none", repairs=(), complete=False)
    record = replace(RECORD, grown=replace(two, trees=(*two.trees, other)))
    facts = json.loads(write(record))
    first, second = facts["completions"]
    assert (facts["prob_path"], facts["difficulty"]) == (record.task_id, "interview")
    assert [each["binary"] for each in first["repairs"]] == [True, False]
    assert [each["tokens_generated"] for each in first["repairs"]] == [200, 200]
    assert first["repairs"][0]["explanation"] == "It adds one too many."
    assert first["errors"] == [["WRONG ANSWER", "4\n", "3\n"]]
    assert first["fault"] == "wrong answer: given '1 2\\n', expected '3\\n', found '4\\n'"
    assert (second["fault"], second["errors"], second["repairs"]) == (
        "passed",
        ["passed"] * 2,
        None,
    )
    assert json.loads(write(record, "none"))["completions"][0]["repairs"] == []
    with pytest.raises(UsageError, match=r"found 'gpt-4', which .* accepted: self, none"):
        write(record, "gpt-4")


def test_estimates_of_what_was_written_are_those_of_the_run(tmp_path: Path) -> None:
    ran = [
        grown([False, True, False], [[True, False], [False, False]], [False, True], tokens=90),
        grown([False, False], [[False], [True]], [False], repair_tokens=310),
    ]
    lines = [replace(RECORD, task_id=f"t{i}", grown=each) for i, each in enumerate(ran)]
    path = tmp_path / "file.jsonl"
    path.write_text("".join(f"{write(record)}\n" for record in lines))
    back = [each.grown for each in records(path) if each.grown is not None]
    assert counted(back, "self") == counted(ran, "self")
    one, other = (
        expect(tree_arrays(each, "self"), [1, 2], [1], replacement=True) for each in (back, ran)
    )
    for policy, found in one.items():
        assert np.array_equal(found.solved, other[policy].solved)
        assert np.array_equal(found.cost[..., GENERATED], other[policy].cost[..., GENERATED])


def test_what_the_format_says_becomes_trees(tmp_path: Path) -> None:
    path = save(
        tmp_path / "file",
        task(
            "test/0007",
            entry(True, False, executed_completion="print(1)", errors=[True, False, -1]),
            entry(passed=True, errors=[True, True]),
            entry(False, False, fault="SyntaxError: invalid syntax"),
            difficulty="competition",
        ),
    )
    (record,) = records(path)
    assert (record.task_id, record.difficulty) == ("test/0007", Difficulty.COMPETITION)
    assert record.setup is not None
    assert (record.setup.model, record.setup.sources) == ("unknown", ("self",))
    assert (record.setup.plan.n_p, record.setup.plan.n_fr) == (3, 2)
    assert record.grown is not None
    p0, p1, p2 = record.grown.programs
    assert (p0.node, p0.program, p0.total_tokens) == ("p0", "print(1)", 5)
    assert (p0.verdict.outcome, p0.verdict.cases_run) == (Outcome.RUNTIME_ERROR, 3)
    assert p0.verdict.failure == CaseFailure(index=1, error="ValueError: bad")
    assert (p1.verdict.passed, p1.verdict.cases_passed) == (True, 2)
    assert p2.verdict.outcome is Outcome.SYNTAX_ERROR
    (tree,) = record.grown.trees
    assert [(each.node, each.parent) for each in tree.repairs] == [
        ("p0/self/r0", "p0"),
        ("p2/self/r0", "p2"),
        ("p0/self/r1", "p0"),
        ("p2/self/r1", "p2"),
    ]
    assert (tree.complete, tree.tokens) == (True, 28)
    assert record.cost == Cost(tokens=43, samples=7, unpriced=7)
    assert pass_at_1(record.grown) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("IndentationError: unexpected indent", Outcome.SYNTAX_ERROR),
        ("Time limit exceeded", Outcome.TIME_LIMIT),
        ("TimeoutException", Outcome.TIME_LIMIT),
        ("MemoryError", Outcome.MEMORY_LIMIT),
        ("IndexError: list index out of range", Outcome.RUNTIME_ERROR),
        ("not enough values (expected 2): ValueError", Outcome.RUNTIME_ERROR),
        ("given input 1 the output was 2, expected 3", Outcome.WRONG_ANSWER),
        ("The code above is wrong. Given input SyntaxError the output", Outcome.WRONG_ANSWER),
        ("The code above is missing a function.", Outcome.MISSING_FUNCTION),
        (-2, Outcome.SYNTAX_ERROR),
        (-1, Outcome.RUNTIME_ERROR),
        (None, Outcome.WRONG_ANSWER),
        ({"odd": 1}, Outcome.WRONG_ANSWER),
    ],
)
def test_faults_are_told_apart(tmp_path: Path, fault: object, outcome: Outcome) -> None:
    path = save(tmp_path / "file", task("t", entry(fault=fault, executed_completion="x")))
    (record,) = records(path)
    assert record.grown is not None
    assert record.grown.programs[0].verdict.outcome is outcome


@pytest.mark.parametrize(
    ("errors", "outcome", "index"),
    [
        (["passed", ["WRONG ANSWER", ["a SyntaxError"], ["4"]]], Outcome.WRONG_ANSWER, 1),
        ([["COMPILE ERROR", "EOF", 3]], Outcome.SYNTAX_ERROR, 0),
        (["passed", "passed", ["RUNTIME ERROR", "KeyError(1)", 2, "x"]], Outcome.RUNTIME_ERROR, 2),
        ([["FUNCTION NOT FOUND ERROR", "solve"]], Outcome.MISSING_FUNCTION, 0),
        ([["TIME LIMIT"]], Outcome.TIME_LIMIT, 0),
        ([True, -2], Outcome.RUNTIME_ERROR, 1),
        ([3, [[]]], Outcome.RUNTIME_ERROR, None),
        ([], Outcome.RUNTIME_ERROR, None),
    ],
)
def test_what_the_first_failing_test_says_goes_before_the_fault(
    tmp_path: Path, errors: object, outcome: Outcome, index: int | None
) -> None:
    path = save(tmp_path / "file", task("t", entry(fault="ValueError: x", errors=errors)))
    (record,) = records(path)
    assert record.grown is not None
    verdict = record.grown.programs[0].verdict
    assert verdict.outcome is outcome
    assert verdict.failure is not None
    assert verdict.failure.index == index


def test_whether_a_program_passed_may_be_a_word_as_in_old_files(tmp_path: Path) -> None:
    path = save(tmp_path / "file", task("t", entry(binary="True"), entry(binary="False")))
    (record,) = records(path)
    assert record.grown is not None
    assert [each.verdict.passed for each in record.grown.programs] == [True, False]


def test_a_fault_of_passed_counts_as_a_pass_as_the_authors_count_it(tmp_path: Path) -> None:
    path = save(tmp_path / "file", task("t", entry(False, fault="passed")))
    (record,) = records(path)
    assert record.grown is not None
    assert record.grown.programs[0].verdict.passed


@pytest.mark.parametrize(
    ("rows", "single", "passing"),
    [
        ([(False,), (True, False, False)], SingleRepair.AUTO, [True, False]),
        ([(True,), (False,)], SingleRepair.AUTO, [False, False]),
        ([(True,), (False, False), (False, False, True)], SingleRepair.AUTO, [False] * 3),
        ([(True,), (False,)], SingleRepair.PASSED, [True, True]),
        ([(False,), (True, False)], SingleRepair.REPAIR, [False, False]),
    ],
    ids=["old", "one repair each", "ragged", "told so", "told otherwise"],
)
def test_a_single_repair_marks_a_pass_in_old_files(
    tmp_path: Path, rows: list[tuple[bool, ...]], single: SingleRepair, passing: list[bool]
) -> None:
    lines = [task(f"t{place}", entry(*row)) for place, row in enumerate(rows)]
    path = save(tmp_path / "file", *lines)
    found = records(path, single)
    assert [each.grown.programs[0].verdict.passed for each in found if each.grown] == passing
    assert [json.loads(write(each)) for each in found] == lines


def test_trees_are_complete_where_failing_programs_have_as_many_repairs(tmp_path: Path) -> None:
    path = save(
        tmp_path / "file",
        task("even", entry(True, True), entry(False, False)),
        task("ragged", entry(True, True), entry(False, False, False)),
        task("none", entry(True, True), entry()),
        task("solved", entry(passed=True)),
    )
    complete = [each.grown.trees[0].complete for each in records(path) if each.grown]
    assert complete == [True, False, False, True]


def test_a_file_without_repairs_has_no_trees(tmp_path: Path) -> None:
    (record,) = records(save(tmp_path / "file", task("t", entry(), entry(passed=True))))
    assert record.grown is not None
    assert record.grown.trees == ()


def test_a_task_without_completions_is_not_scored(tmp_path: Path) -> None:
    (record,) = records(save(tmp_path / "file", task("t")))
    assert record.grown is None
    assert record.unscored == "its file has no completions of it"


GOOD = task("good", entry())


def bad(**fields: object) -> dict[str, object]:
    return {**task("bad", entry()), **fields}


def own(**fields: object) -> dict[str, object]:
    facts: dict[str, object] = json.loads(write(RECORD))
    return facts | fields


def retold(key: str, value: object) -> dict[str, object]:
    facts = json.loads(write(RECORD))
    facts["completions"][0]["repairs"][0][key] = value
    return own(completions=facts["completions"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "found '{' (Expecting property name"),
        ("[" * 100_000, "found '[[["),
        ("[]", "found []; accepted: a JSON object with completions"),
        (b"\xff{}", "found byte 0 that is not UTF-8"),
        ({"completions": []}, "prob_path: found nothing; accepted: a task's path or name"),
        (bad(prob_path=True), "prob_path: found True; accepted: a task's path"),
        (bad(prob_path=""), "prob_path: found ''"),
        (bad(prob_path="good"), "prob_path: found 'good', which line 1 has too; accepted: a task"),
        (bad(completions=None), "completions: found nothing; accepted: a list of objects"),
        (bad(completions={}), "completions: found {}; accepted: a list of objects"),
        (bad(completions=[entry(), 7]), "completions[1]: found 7; accepted: an object"),
        (bad(difficulty="hard"), "difficulty: found 'hard'; accepted: introductory, interview, "),
        (
            bad(completions=[{"binary": True}]),
            "completions[0].tokens_generated: found nothing; accepted: a whole number from 0 to ",
        ),
        (
            bad(completions=[entry(tokens_generated=-1)]),
            "completions[0].tokens_generated: found -1",
        ),
        (bad(completions=[entry(tokens_generated=2.5)]), "tokens_generated: found 2.5"),
        (bad(completions=[entry(tokens_generated=True)]), "tokens_generated: found True"),
        (bad(completions=[entry(tokens_generated=float("nan"))]), "tokens_generated: found nan"),
        (bad(completions=[entry(tokens_generated=10**60)]), "tokens_generated: found 1000"),
        (bad(completions=[entry(tokens_generated=10**19)]), "tokens_generated: found 1000"),
        (bad(completions=[entry(binary="yes")]), "completions[0].binary: found 'yes'; accepted: "),
        (bad(completions=[entry(binary=2)]), "completions[0].binary: found 2"),
        (
            bad(completions=[{"tokens_generated": 1}]),
            "completions[0].binary: found nothing; accepted: true, false, 1 or 0",
        ),
        (bad(completions=[entry(repairs="no")]), "completions[0].repairs: found 'no'; accepted: a"),
        (bad(completions=[entry(repairs=[None])]), "completions[0].repairs[0]: found nothing"),
        (
            bad(completions=[entry(repairs=[{"binary": 1}])]),
            "completions[0].repairs[0].tokens_generated: found nothing",
        ),
        (
            bad(completions=[entry(executed_completion=3)]),
            "completions[0].executed_completion: found 3; accepted: a text or null",
        ),
        (retold("binary", False), "completions[0].repairs[0].binary: found False; accepted: True"),
        (retold("tokens_generated", 1), "tokens_generated: found 1; accepted: 200, as selfrepair"),
        (retold("selfrepair", None), "selfrepair: not a record: TypeError"),
        (retold("selfrepair", {}), "selfrepair: not a record: KeyError"),
        (own(selfrepair={"schema": 99, "setup": None}), "record of schema 99"),
        (own(difficulty="hard"), "not a record: Invalid enum value 'hard'"),
    ],
)
def test_what_is_malformed_is_named_and_loses_none_of_the_rest(
    tmp_path: Path, line: object, said: str
) -> None:
    text = line if isinstance(line, str | bytes) else json.dumps(line)
    raw = text if isinstance(text, bytes) else text.encode()
    path = tmp_path / "file"
    path.write_bytes(json.dumps(GOOD).encode() + b"\n" + raw + b"\n" + json.dumps(bad()).encode())
    first, (number, error), last = open_file(path).records()
    assert number == 2
    assert isinstance(error, StoreError)
    assert said in str(error)
    assert len(str(error)) < 300
    assert [isinstance(each[1], Record) for each in (first, last)] == [True, True]


def test_marks_of_order_line_ends_blank_lines_and_long_integers_are_borne(tmp_path: Path) -> None:
    path = tmp_path / "file"
    long = "1" + "0" * 5000
    lines = [
        json.dumps(task("b", entry())),
        "  ",
        f'{{"n": {long}, ' + json.dumps(task("a", entry()))[1:],
    ]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\r\n\r\n")
    found = records(path)
    assert [each.task_id for each in found] == ["b", "a"]
    assert [each.foreign.line for each in found if each.foreign] == [1, 3]
    kept = [Record.from_json(each.to_json()) for each in found]
    assert [write(each) for each in kept] == [lines[0], lines[2]]


def test_values_nested_too_deep_to_keep_are_malformed_rather_than_fatal(tmp_path: Path) -> None:
    path = tmp_path / "file"
    depths = range(900, 1000)
    texts = ["[" * depth + "]" * depth for depth in depths]
    lines = [
        f'{{"n": {text}, ' + json.dumps(task(f"t{depth}", entry()))[1:]
        for depth, text in zip(depths, texts, strict=True)
    ]
    path.write_text("\n".join(lines))
    found = [record for _, record in open_file(path).records()]
    assert len(found) == len(depths)
    assert any(isinstance(each, StoreError) for each in found)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("missing", "No such file or directory; accepted: a readable file"),
        ("folder", "found a folder; accepted: a file"),
        ("pipe", "found a pipe or a device, which is read only once; accepted: a file"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, what: str, said: str) -> None:
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    if what == "pipe":
        os.mkfifo(path)
    with pytest.raises(UsageError, match=said):
        open_file(path)
