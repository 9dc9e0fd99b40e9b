def check(given, expected, answer):
    first, *wishes = given.splitlines()
    n = int(first.split()[0])
    expected, answer = expected.strip(), answer.strip()
    if expected == "IMPOSSIBLE" or answer == "IMPOSSIBLE":
        return answer == expected
    assert len(answer) == n and set(answer) <= set("AB"), "not n letters A or B"
    for wish in wishes:
        u, kind, v = wish.split()
        same = answer[int(u) - 1] == answer[int(v) - 1]
        assert same == (kind == "same"), f"wish not met: {wish}"
    best = abs(2 * expected.count("A") - n)
    assert abs(2 * answer.count("A") - n) == best, "the buses could be more equal"
    return True
