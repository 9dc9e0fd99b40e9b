def cost(given, answer):
    (k, w), text = map(int, given.splitlines()[0].split()), given.splitlines()[1]
    rows = [row.rstrip() for row in answer.rstrip().splitlines()]
    assert len(rows) == k, f"{len(rows)} lines, not {k}"
    assert all(rows), "an empty line"
    assert " ".join(rows) == text, "not the words of the text with single spaces"
    assert max(map(len, rows)) <= w, f"a line is longer than {w}"
    return sum((w - len(row)) ** 2 for row in rows)


def check(given, expected, answer):
    if "impossible" in (expected.strip(), answer.strip()):
        return expected.strip() == answer.strip()
    return cost(given, answer) == cost(given, expected)
