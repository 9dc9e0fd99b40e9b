"""Stone path: count the ways to pave n metres when no two neighbouring stones are of one kind."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def path(n: int, lengths: list[int]) -> str:
    """Return the input for a path of n metres."""
    return lines([n, len(lengths)], lengths)


def cases(rng: Random) -> Iterator[str]:
    """Yield n and k, then k lengths each."""
    yield path(5, [1, 2, 2])
    yield path(6, [4])
    for n, lengths in (
        (1, [1]),
        (1, [2, 3]),
        (2, [1]),
        (2, [1, 1]),
        (3, [1, 2]),
        (4, [4]),
        (4, [4, 4, 4]),
        (9, [2, 4]),
        (12, [2, 2, 4]),
        (7, [1, 2, 3, 4]),
        (1000, [1, 1]),
    ):
        yield path(n, lengths)
    for n in (6, 10, 17, 40, 200, 3000):
        yield path(n, numbers(rng, rng.randrange(2, 6), 1, 4))
    yield path(10**15, [3])
    yield path(10**15, [1, 1])
    yield path(10**15 - 1, [2, 4, 4])
    yield path(rng.randrange(10**14, 10**15), [1, 2, 3, 4])
    yield path(rng.randrange(10**14, 10**15), [3, 3, 4, 4, 4])
    yield path(10**15, [1, 1, 2, 3, 4])


FIRST = """\
MOD = 1_000_000_007


def multiply(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column) if x) % MOD for column in columns] for row in a]


n, k = map(int, input().split())
lengths = list(map(int, input().split()))
# ways[m][i]: pavings of m metres that end with kind i
ways = [[0] * k]
for m in range(1, 5):
    row = []
    for i, length in enumerate(lengths):
        if m == length:
            row.append(1)
        elif m > length:
            row.append(sum(ways[m - length]) - ways[m - length][i])
        else:
            row.append(0)
    ways.append(row)
if n <= 4:
    print(sum(ways[n]) % MOD)
else:
    # The state is the last four rows, newest first.
    size = 4 * k
    matrix = [[0] * size for _ in range(size)]
    for i, length in enumerate(lengths):
        for j in range(k):
            if j != i:
                matrix[i][(length - 1) * k + j] = 1
    for i in range(k, size):
        matrix[i][i - k] = 1
    state = [[value] for row in ways[4:0:-1] for value in row]
    power = n - 4
    while power:
        if power % 2:
            state = multiply(matrix, state)
        matrix = multiply(matrix, matrix)
        power //= 2
    print(sum(value for (value,) in state[:k]) % MOD)
"""

SECOND = """\
MOD = 10**9 + 7


def multiply(a, b):
    product = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] = (product[i + j] + x * y) % MOD
    return product


n, k = map(int, input().split())
lengths = list(map(int, input().split()))
# Pavings ending in kind i are F = x^l * (T - F), so T = 1 / (1 - sum of x^l / (1 + x^l)).
top, bottom = [1], [1]
for length in lengths:
    kind = [1] + [0] * (length - 1) + [1]
    shifted = [0] * length + top
    bottom = multiply(bottom, kind)
    bottom = [b - s for b, s in zip(bottom, shifted + [0] * len(bottom))]
    top = multiply(top, kind)
# The coefficient of x^n in top / bottom, halving n each time.
while n:
    mirror = [-x if i % 2 else x for i, x in enumerate(bottom)]
    top = multiply(top, mirror)[n % 2 :: 2]
    bottom = multiply(bottom, mirror)[::2]
    n //= 2
print(top[0] * pow(bottom[0], -1, MOD) % MOD if top else 0)
"""

METRE_BY_METRE = """\
n, k = map(int, input().split())
lengths = list(map(int, input().split()))
rows = [[0] * k for _ in range(5)]
totals = [0] * 5
totals[0] = 1
for m in range(1, n + 1):
    row = []
    for i, length in enumerate(lengths):
        start = (m - length) % 5
        row.append((totals[start] - rows[start][i]) % 1000000007 if length <= m else 0)
    rows[m % 5] = row
    totals[m % 5] = sum(row)
print(totals[n % 5] % 1000000007)
"""

BRUTE = """\
n, k = map(int, input().split())
lengths = list(map(int, input().split()))


def pave(metres, last):
    if metres == 0:
        return 1
    ways = 0
    for kind in range(k):
        if kind != last and lengths[kind] <= metres:
            ways += pave(metres - lengths[kind], kind)
    return ways


print(pave(n, None) % 1000000007)
"""

TASK = Task(
    difficulty="competition",
    topics=("dynamic programming", "matrices", "linear recurrences"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=12,
    wrong={
        "ignores the neighbours": SECOND.replace("[0] * (length - 1) + [1]", "[0] * length"),
        "parts stones of one length, not of one kind": FIRST.replace(
            "if j != i:", "if lengths[j] != length:"
        ).replace(
            "sum(ways[m - length]) - ways[m - length][i]",
            "sum(w for w, other in zip(ways[m - length], lengths) if other != length)",
        ),
        "takes kinds of one length for one kind": FIRST.replace(
            "list(map(int, input().split()))",
            "sorted(set(map(int, input().split())))\nk = len(lengths)",
        ),
        "uses another modulus": SECOND.replace("10**9 + 7", "998244353"),
        "forgets the neighbours in the first metres": FIRST.replace(" - ways[m - length][i]", ""),
        "paves one metre too many": FIRST.replace("power = n - 4", "power = n - 3"),
    },
    slow={"goes metre by metre": METRE_BY_METRE},
)
