def check(given, expected, answer):
    target, switches = given
    assert isinstance(answer, list), "not a list"
    assert all(type(i) is int for i in answer), "not a list of integers"
    if expected == [-1] or answer == [-1]:
        return answer == expected
    assert all(0 <= i < len(switches) for i in answer), "no such switch"
    assert all(i < j for i, j in zip(answer, answer[1:])), "not in rising order"
    lamps = 0
    for i in answer:
        lamps ^= int(switches[i], 2)
    return lamps == int(target, 2)
