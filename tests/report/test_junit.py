"""JUnit XML of a run whose model writes what XML does not allow."""

import json
import xml.etree.ElementTree as ET

import pytest

from projects import fenced, write_task

ODD = "\x00\x08\x1b[31m\x7f\x85\ufffe\ud800\u202e]]>&<"
PROGRAM = fenced(
    f"""
    import sys
    sys.stdout.buffer.write({ODD!r}.encode("utf-8", "surrogatepass"))
    raise ValueError({ODD!r})
    """
)


@pytest.mark.parametrize(
    ("mode", "verbosity"), [(("-p", "no:xdist"), "-q"), (("-n2",), "-v")], ids=["serial", "n2"]
)
def test_a_strict_reader_takes_whatever_models_and_programs_write(
    pytester: pytest.Pytester, mode: tuple[str, ...], verbosity: str
) -> None:
    write_task(
        pytester.path / "tasks" / "0001",
        difficulty="interview",
        inputs=["1\n"],
        outputs=[f"never {ODD[:4]}"],
    )
    script = {"tasks": {"*": {"program": PROGRAM, "repair": f"Because {ODD}.\n{PROGRAM}# {ODD}"}}}
    (pytester.path / "script.json").write_text(json.dumps(script))
    model = ("--selfrepair-model", "scripted:script.json", "--selfrepair-programs", "2")
    result = pytester.runpytest("tasks", *model, *mode, verbosity, "--junitxml", "report.xml")
    assert result.parseoutcomes()["failed"] == 1
    text = (pytester.path / "report.xml").read_text(encoding="utf-8")
    suite = ET.fromstring(text)[0]  # noqa: S314 - our own file
    [case] = suite.iter("testcase")
    facts = {each.get("name"): each.get("value") for each in case.iter("property")}
    assert facts["selfrepair_outcome"] == "unsolved"
    assert all("\n" not in str(value) and len(str(value)) < 200 for value in facts.values())
    told = case.findtext("failure") or ""
    assert told.startswith("unsolved: 2 programs and 2 repairs fail")
    assert ("closest: " in told, "  program:" in told) == (verbosity == "-q", verbosity == "-v")
    assert not {"\x1b", "\x00", "\u202e", "\x85"} & {*told, *result.stdout.str()}
