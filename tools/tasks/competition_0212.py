"""Mill pond: buy and sell up to c_i units at the price of each hour, with a fee on what is sold."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers, pick


def pond(fee: int, hours: list[list[int]]) -> str:
    """Return the input for these hours."""
    return lines([len(hours), fee], *hours)


def random_pond(rng: Random, count: int, fee: int, price: int, most: int) -> str:
    """Return `count` hours with prices from 1 to `price` and amounts from 0 to `most`."""
    return pond(fee, [[rng.randrange(1, price + 1), rng.randrange(most + 1)] for _ in range(count)])


def cases(rng: Random) -> Iterator[str]:
    """Yield n and the fee, then n hours."""
    yield pond(1, [[2, 3], [6, 2], [9, 2], [4, 5]])
    yield pond(5, [[3, 10], [8, 10]])
    for fee, hours in (
        (0, [[5, 5]]),
        (0, [[5, 5], [5, 5]]),
        (0, [[9, 4], [3, 4]]),
        (0, [[3, 4], [9, 4]]),
        (2, [[3, 0], [9, 4]]),
        (0, [[1, 1], [5, 1], [9, 1]]),
        (1, [[1, 1], [5, 1], [9, 1]]),
        (1, [[1, 2], [5, 1], [7, 1], [9, 3]]),
        (3, [[10, 2], [20, 2], [15, 2], [30, 4]]),
        (2, [[10, 1], [20, 1], [17, 1], [19, 1]]),
        (4, [[10, 1], [20, 1], [17, 1], [25, 1]]),
        (100, [[1, 5], [50, 5], [99, 5]]),
    ):
        yield pond(fee, hours)
    for count, fee in ((4, 0), (5, 1), (6, 2), (7, 0), (8, 3), (9, 1), (9, 4)):
        yield random_pond(rng, count, fee, 20, 3)
    yield random_pond(rng, 60, 5, 100, 9)
    yield random_pond(rng, 400, 0, 1000, 50)
    yield random_pond(rng, 500, 30, 10**6, 10**9)
    yield random_pond(rng, 1000, 1000, 10**4, 10**9)
    yield pond(2, [[1000 + i, 10**9 - i] for i in range(2000)])
    yield pond(0, [[pick(rng, (1, 10**6)), 10**9] for _ in range(2000)])
    steep = numbers(rng, 2000, -900, 1000)
    prices = [max(1, sum(steep[: i + 1])) % 10**6 + 1 for i in range(2000)]
    yield pond(50, [[price, rng.randrange(10**9)] for price in prices])
    yield random_pond(rng, 2000, 10**4, 10**6, 10**9)


FIRST = """\
import heapq

n, fee = map(int, input().split())
# (price, amount): what one more unit in the pond would cost, for how many units
heap = []
gain = 0
for _ in range(n):
    price, most = map(int, input().split())
    if most == 0:
        continue
    # Sell as much as one can, even what one has not got; then get it as cheaply as one can,
    # also by selling less now.
    gain += (price - fee) * most
    heapq.heappush(heap, (price - fee, most))
    heapq.heappush(heap, (price, most))
    while most:
        cost, amount = heapq.heappop(heap)
        taken = min(amount, most)
        gain -= cost * taken
        most -= taken
        if amount > taken:
            heapq.heappush(heap, (cost, amount - taken))
print(gain)
"""

SECOND = """\
import sys
from bisect import insort

n, fee, *data = map(int, sys.stdin.read().split())
offers = []  # dearest first, as pairs of minus the price and the amount
gain = 0
for price, most in zip(data[::2], data[1::2]):
    sold = 0
    while offers and sold < most and -offers[-1][0] < price - fee:
        minus, amount = offers.pop()
        part = min(amount, most - sold)
        gain += (price - fee + minus) * part
        sold += part
        if part < amount:
            offers.append((minus, amount - part))
    insort(offers, (-price, most))
    if sold:
        insort(offers, (fee - price, sold))
print(gain)
"""

BRUTE = """\
n, fee = map(int, input().split())
hours = [tuple(map(int, input().split())) for _ in range(n)]
best = {0: 0}
for price, most in hours:
    after = {}
    for stock, money in best.items():
        for sold in range(-most, most + 1):
            if sold <= stock:
                total = money + sold * price - fee * max(sold, 0)
                if total > after.get(stock - sold, -(10**18)):
                    after[stock - sold] = total
    best = after
print(max(best.values()))
"""

UNITS = """\
import heapq

n, fee = map(int, input().split())
heap = []
gain = 0
for _ in range(n):
    price, most = map(int, input().split())
    sold = 0
    for _ in range(most):
        if not heap or heap[0][0] >= price - fee:
            break
        gain += price - fee - heap[0][0]
        sold += 1
        heap[0][1] -= 1
        if heap[0][1] == 0:
            heapq.heappop(heap)
    for entry in ([price, most], [price - fee, sold]):
        if entry[1]:
            heapq.heappush(heap, entry)
print(gain)
"""

BEST_PAIRS_FIRST = """\
n, fee = map(int, input().split())
hours = [list(map(int, input().split())) for _ in range(n)]
pairs = []
for j in range(min(n, 400)):
    for i in range(j):
        win = hours[j][0] - fee - hours[i][0]
        if win > 0:
            pairs.append((-win, i, j))
gain = 0
for win, i, j in sorted(pairs):
    amount = min(hours[i][1], hours[j][1])
    gain -= win * amount
    hours[i][1] -= amount
    hours[j][1] -= amount
print(gain)
"""

TASK = Task(
    difficulty="competition",
    topics=("greedy", "heaps"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=22,
    wrong={
        "never takes a sale back": SECOND.replace(
            "    if sold:\n        insort(offers, (fee - price, sold))\n", ""
        ),
        "cannot buy in an hour in which it sold, even after taking the sale back": SECOND.replace(
            "(-price, most)", "(-price, most - sold)"
        ),
        "loses the fee of a sale taken back": SECOND.replace(
            "(fee - price, sold)", "(-price, sold)"
        ),
        "pays the fee for buying too": SECOND.replace("(-price, most)", "(-price - fee, most)"),
        "forgets the fee": SECOND.replace("offers = []", "fee = 0\noffers = []"),
        "takes the best pairs of hours first": BEST_PAIRS_FIRST,
        "sells without a limit": SECOND.replace("sold < most and ", "").replace(
            "min(amount, most - sold)", "amount"
        ),
        "sells the dearest first": SECOND.replace("offers[-1][0]", "offers[0][0]")
        .replace("offers.pop()", "offers.pop(0)")
        .replace("offers.append((", "offers.insert(0, ("),
        "takes one unit an hour": SECOND.replace(
            "in zip(data[::2], data[1::2]):",
            ("in zip(data[::2], data[1::2]):\n    most = min(most, 1)"),
        ),
    },
    slow={"trades unit by unit": UNITS},
)
