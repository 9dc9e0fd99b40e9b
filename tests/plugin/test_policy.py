"""Trees that end at their first pass: what a run says of them, and what it refuses to say."""

import json

import pytest

from projects import fenced, write_task

POLICIES = ("batch", "bfs", "dfs")
MODES = (
    pytest.param(("-p", "no:xdist"), POLICIES, id="serial"),
    pytest.param(("-n0",), POLICIES, id="n0", marks=pytest.mark.slow),
    pytest.param(("-n2",), ("bfs",), id="n2"),
    pytest.param(("-n2",), POLICIES, id="n2-all", marks=pytest.mark.thorough),
)
GOOD = fenced("print(2 * int(input()))")
BAD = fenced("print(int(input()) ** 2)")
TASKS = 6


@pytest.fixture
def doubling(pytester: pytest.Pytester) -> pytest.Pytester:
    """Tasks of which every third is solved at once, and every other third by its second repair."""
    tasks = {}
    for number in range(TASKS):
        write_task(
            pytester.path / f"tasks/{number:02d}",
            difficulty="interview",
            inputs=["2\n", "5\n"],
            outputs=["4\n", "10\n"],
            statement=f"Print twice n, {number}.",
        )
        places: dict[str, object] = {"program": BAD, "repair": BAD}
        if number % 3 == 0:
            places = {"program": [BAD, GOOD, GOOD], "repair": BAD}
        if number % 3 == 1:
            places = {"program": BAD, "p0/self/r1": [GOOD], "repair": BAD}
        tasks[f"tasks/{number:02d}"] = places
    (pytester.path / "script.json").write_text(json.dumps({"tasks": tasks}))
    return pytester


def run(project: pytest.Pytester, *more: str) -> pytest.RunResult:
    options = ("--selfrepair-model", "scripted:script.json", "--selfrepair-programs", "3")
    trees = ("--selfrepair-repairs", "2", "--selfrepair-json", "run.json")
    return project.runpytest("tasks", "--tb=no", *options, *trees, *more)


@pytest.mark.parametrize(("mode", "policies"), MODES)
def test_each_policy_samples_what_it_needs_up_to_the_first_pass(
    doubling: pytest.Pytester, mode: tuple[str, ...], policies: tuple[str, ...]
) -> None:
    solved_at_once = repaired = unsolved = TASKS // 3
    each = 3 + 3 * 2
    expected = {
        "bfs": solved_at_once * 2 + repaired * (3 + 2) + unsolved * each,
        "dfs": solved_at_once * (1 + 2 + 1) + repaired * 3 + unsolved * each,
    }
    for policy in policies:
        result = run(doubling, "--selfrepair-policy", policy, "--selfrepair-store", policy, *mode)
        result.assert_outcomes(passed=solved_at_once, failed=unsolved)
        samples = [line for line in result.outlines if line.startswith("tokens: ")]
        sampled = int(samples[0].split(" samples")[0].split()[-1])
        assert sampled == expected.get(policy, sampled)
        assert policy != "batch" or sampled > expected["bfs"]
        said = "cannot tell whether repair pays: trees ended at their first pass"
        assert (said in result.stdout.str()) == (policy != "batch")


def test_pass_at_1_is_that_of_first_programs(doubling: pytest.Pytester) -> None:
    run(doubling, "--selfrepair-policy", "bfs")
    found = json.loads((doubling.path / "run.json").read_text())
    assert found["difficulties"][-1]["pass_at_1"]["value"] == 0.0
    assert found["headline"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--selfrepair-depth", "2"), "--selfrepair-depth: found 2 with --selfrepair-policy dfs"),
        (("--selfrepair-feedbacks", "2"), "--selfrepair-feedbacks: found 2 with"),
        (("--selfrepair-fail-under", "0.5"), "--selfrepair-fail-under: found with"),
    ],
)
def test_what_such_trees_cannot_carry_is_refused(
    doubling: pytest.Pytester, given: tuple[str, ...], said: str
) -> None:
    result = run(doubling, "--selfrepair-policy", "dfs", *given)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{said}*"])
