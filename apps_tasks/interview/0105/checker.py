import re


def check(given, expected, answer):
    words = answer.split()
    if expected.split() == ["impossible"]:
        return words == ["impossible"] or "no order is possible"
    (n, purse), *inns = (list(map(int, line.split())) for line in given.splitlines())
    assert words != ["impossible"], "an order is possible"
    assert len(words) == n, "not every inn exactly once"
    assert all(re.fullmatch("[0-9]{1,4}", word) for word in words), "not numbers of inns"
    assert sorted(map(int, words)) == list(range(1, n + 1)), "not every inn exactly once"
    for word in words:
        wanted, change = inns[int(word) - 1]
        if purse < wanted:
            return f"inn {word} wants to see {wanted} coins, but there are {purse}"
        purse += change
    return True
