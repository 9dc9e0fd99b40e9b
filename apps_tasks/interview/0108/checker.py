import re


def check(given, expected, answer):
    answer = answer.strip()
    assert len(answer) <= len(given), "longer than the row"
    parts = re.fullmatch(r"([a-z]*)(?:\(([a-z]+)\)([1-9][0-9]{0,2})([a-z]*))?", answer)
    assert parts, "not a description"
    before, run, times, after = (part or "" for part in parts.groups())
    assert times != "1", "a run is written once, not repeated"
    assert before + run * int(times or 0) + after == given.strip(), "describes another row"
    return len(answer) <= len(expected.strip()) or "not as short as can be"
