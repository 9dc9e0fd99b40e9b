import re


def cost(given, answer):
    rows = [list(map(int, line.split())) for line in given.splitlines()]
    n, m = rows[0]
    words = answer.split()
    assert len(words) == n, "not every fresco once"
    assert all(re.fullmatch("[0-9]{1,4}", word) for word in words), "not a list of numbers"
    order = list(map(int, words))
    assert sorted(order) == list(range(1, n + 1)), "not every fresco once"
    place = {fresco: i for i, fresco in enumerate(order)}
    for a, b in rows[n + 1 : n + 1 + m]:
        assert place[a] < place[b], f"fresco {b} is repaired before fresco {a}"
    day = total = 0
    for fresco in order:
        days, rate = rows[fresco]
        day += days
        total += day * rate
    return total


def check(given, expected, answer):
    found, least = cost(given, answer), cost(given, expected)
    return found == least or f"costs {found}, the cheapest order {least}"
