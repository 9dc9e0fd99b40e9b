"""Twin bracelets: count the pairs of bead strings of which one is a rotation of the other."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers, pick, shuffled, word


def turned(rng: Random, bracelet: str) -> str:
    """Return the bracelet, opened at a random bead."""
    start = rng.randrange(len(bracelet))
    return bracelet[start:] + bracelet[:start]


def cases(rng: Random) -> Iterator[Json]:
    """Yield a list of bracelets each, as the only argument."""
    yield [["abc", "cab", "acb", "bca"]]
    yield [["xx", "xx", "xxx"]]
    for text in (
        "a",
        "a b",
        "a a",
        "a a a a",
        "ab ba",
        "abcd dcba",
        "aabb abab",
        "ab abab baba",
        "abc abd bca dab abd",
        "aab aba baa abb bab bba",
        "abcabc bcabca cba bac abc",
        "ab c ba d ab e",
        "aabbc ccbba bbcaa cbbaa",
    ):
        yield [text.split()]
    for count in (5, 8, 13, 21, 34):
        yield [[word(rng, length, "ab") for length in numbers(rng, count, 1, 5)]]
    for count, length in ((50, 6), (80, 12), (120, 20)):
        kinds = [word(rng, length, "abc") for _ in range(count // 6)]
        kinds += [bracelet[::-1] for bracelet in kinds]
        yield [[turned(rng, pick(rng, kinds)) for _ in range(count)]]
    yield [shuffled(rng, [turned(rng, "a" * 15 + "b" * 14 + "c") for _ in range(150)])]
    kinds = [word(rng, 30, "abcdefgh") for _ in range(40)]
    yield [[turned(rng, pick(rng, kinds)) for _ in range(200)]]


FIRST = """\
from collections import Counter
from typing import List


class Solution:
    def countTwins(self, bracelets: List[str]) -> int:
        kinds = Counter(min(b[i:] + b[:i] for i in range(len(b))) for b in bracelets)
        return sum(n * (n - 1) // 2 for n in kinds.values())
"""

SECOND = """\
from typing import List


class Solution:
    def countTwins(self, bracelets: List[str]) -> int:
        groups = []
        pairs = 0
        for bracelet in bracelets:
            for group in groups:
                if len(group[0]) == len(bracelet) and bracelet in group[0] * 2:
                    pairs += len(group)
                    group.append(bracelet)
                    break
            else:
                groups.append([bracelet])
        return pairs
"""

BRUTE = """\
class Solution:
    def countTwins(self, bracelets):
        pairs = 0
        for j in range(len(bracelets)):
            for i in range(j):
                ring, twin = bracelets[i], False
                for _ in range(len(ring)):
                    ring = ring[1:] + ring[0]
                    if ring == bracelets[j]:
                        twin = True
                pairs += twin
        return pairs
"""

CANONICAL = "min(b[i:] + b[:i] for i in range(len(b)))"
TASK = Task(
    difficulty="interview",
    topics=("strings", "hashing"),
    fn_name="countTwins",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "takes anagrams for twins": FIRST.replace(CANONICAL, '"".join(sorted(b))'),
        "lets a bracelet be flipped": FIRST.replace(
            CANONICAL, "min(c[i:] + c[:i] for c in (b, b[::-1]) for i in range(len(b)))"
        ),
        "counts groups": FIRST.replace("n * (n - 1) // 2", "n > 1"),
        "skips equal bracelets": FIRST.replace("in bracelets", "in set(bracelets)"),
        "forgets to compare lengths": SECOND.replace("len(group[0]) == len(bracelet) and ", ""),
        "turns by one bead only": FIRST.replace(CANONICAL, "min(b, b[1:] + b[:1])"),
        "counts each pair twice": FIRST.replace(" // 2", ""),
    },
)
