"""What fails for many tasks is said once, however many there are."""

import xml.etree.ElementTree as ET

import pytest

from behaviours import Asked, Reply, behaving, choice, completion, error
from endpoints import KEY
from projects import fenced, write_task

TASKS = 8
GOOD = 3
DEAD = "HTTP 401: Incorrect API key"


def dies(asked: Asked) -> Reply:
    """A key that is revoked after some requests."""
    if asked.is_check or asked.number < GOOD:
        return completion(*[choice(fenced("print(7)"))] * asked.body.get("n", 1))
    return error(401, "Incorrect API key")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for number in range(TASKS):
        write_task(
            pytester.path / f"tasks/{number:04d}",
            difficulty="interview",
            inputs=["1\n"],
            outputs=["7\n"],
            statement=f"Print seven, for the {number}th time.",
        )
    return pytester


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    with behaving(dies) as server:
        model = ("--selfrepair-model", "gpt-4", "--selfrepair-base-url", server.base_url)
        return pytester.runpytest("tasks", *model, "--selfrepair-programs", "1", *options)


@pytest.mark.parametrize(
    "mode", [("-p", "no:xdist"), pytest.param(("-n0",), marks=pytest.mark.slow), ("-n2",)]
)
def test_a_key_that_dies_is_one_line_for_all_tasks_and_an_error_of_each_for_junit(
    project: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    result = run(project, *mode, "--junitxml=junit.xml")
    lost = TASKS - GOOD
    result.assert_outcomes(passed=GOOD, errors=lost)
    [line] = [line for line in result.outlines if DEAD in line]
    assert line.startswith(f"not scored: {lost} tasks: gpt-4 at 127.0.0.1")
    result.stdout.fnmatch_lines(
        [
            f"*ERROR at setup of {lost} (tasks/*, …)*",
            f"not scored: {lost} (tasks/*",
            "  the reason stands above, under ERRORS",
            f"ERROR {lost} (tasks/*",
        ]
    )
    errors = ET.parse(project.path / "junit.xml").iter("error")  # noqa: S314 - our own
    assert len([each for each in errors if DEAD in f"{each.get('message')}{each.text}"]) == lost


def test_a_reason_that_pytest_does_not_show_stands_in_the_summary(project: pytest.Pytester) -> None:
    result = run(project, "--tb=no", "-n0", "-r", "N")
    said = " ".join(" ".join(result.outlines).split())
    assert said.count(DEAD) == 1
    assert "ERRORS" not in said
