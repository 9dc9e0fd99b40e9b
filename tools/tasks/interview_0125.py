"""Ring words: number the words whose neighbouring letters differ, all around a ring."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, pick

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def book(n: int, m: int, questions: list[str]) -> str:
    """Return the input for these questions: numbers and words."""
    asked = [[("number" if text.isalpha() else "word"), text] for text in questions]
    return lines([n, m, len(asked)], *asked)


def ring(rng: Random, n: int, m: int) -> str:
    """Return a word of which neighbours differ, if mostly not its ends."""
    word = pick(rng, ALPHABET[:m])
    while len(word) < n:
        word += pick(rng, [letter for letter in ALPHABET[:m] if letter != word[-1]])
    return word


def total(n: int, m: int) -> int:
    """Return how many code words there are: the colourings of a circle."""
    return int((m - 1) ** n + (m - 1) * (-1) ** n)


def drawn(rng: Random, n: int, m: int, count: int) -> str:
    """Return so many questions, a quarter of them about spoilt words and numbers."""
    questions, most = [], total(n, m)
    for _ in range(count):
        word = ring(rng, n, m)
        spoilt = word[: n // 2] * 2 + word[: n % 2]
        near = max(1, most + rng.randrange(-2, 3))
        number = rng.randrange(most) + 1 if most else 1
        questions.append(pick(rng, [word, word, spoilt, str(number), str(number), str(near)]))
    return book(n, m, questions)


def cases(rng: Random) -> Iterator[str]:
    """Yield n, m and q, then q questions."""
    yield book(4, 3, ["1", "6", "acbc", "abca", "19"])
    yield book(2, 2, ["ba", "aa", "2", "3"])
    yield book(3, 2, ["1", "aba", "abb", "2"])
    yield book(4, 2, ["1", "2", "3", "abab", "baba", "abba"])
    yield book(2, 26, ["1", "25", "26", "650", "651", "az", "zy", "zz"])
    yield book(3, 3, ["1", "2", "3", "4", "5", "6", "7", "cba", "abc", "aba", "bac"])
    yield book(3, 4, ["1", "24", "25", "dcb", "dcd", "bda", "12", "13"])
    yield book(5, 3, ["1", "30", "31", "ababc", "cbcba", "bacab", "abcba", "15", "16"])
    yield book(19, 2, ["1", "ababababababababa" + "ba"])
    yield book(20, 2, ["1", "2", "3", "ab" * 10, "ba" * 10])
    yield book(20, 3, ["1048578", "1048579", "1" + "0" * 30, "ab" * 10, "cb" * 10])
    for n, m in ((4, 4), (5, 3), (5, 4), (6, 3), (6, 4), (7, 3), (8, 3)):
        yield drawn(rng, n, m, 20)
    yield drawn(rng, 10, 5, 40)
    yield drawn(rng, 15, 12, 60)
    yield drawn(rng, 19, 3, 60)
    yield drawn(rng, 19, 26, 60)
    yield drawn(rng, 20, 26, 60)


FIRST = """\
n, m, q = map(int, input().split())
letters = "abcdefghijklmnopqrstuvwxyz"[:m]
# same[r], other[r]: ways to write r more letters after one that is the first letter, or is not
same, other = [0], [1]
for _ in range(n):
    same, other = (
        same + [(m - 1) * other[-1]],
        other + [same[-1] + (m - 2) * other[-1]],
    )


def ways(word):
    left = n - len(word)
    return same[left] if word[-1] == word[0] else other[left]


def word_of(k):
    word = ""
    while len(word) < n:
        for letter in letters:
            if word[-1:] == letter:
                continue
            count = ways(word + letter)
            if k <= count:
                word += letter
                break
            k -= count
        else:
            return "none"
    return word


def number_of(word):
    if any(word[i] == word[i - 1] for i in range(n)):
        return "none"
    number = 1
    for i in range(n):
        for letter in letters:
            if letter >= word[i]:
                break
            if i == 0 or letter != word[i - 1]:
                number += ways(word[:i] + letter)
    return number


for _ in range(q):
    kind, text = input().split()
    print(word_of(int(text)) if kind == "word" else number_of(text))
"""

SECOND = """\
import sys

(n, m, q), *questions = [row.split() for row in sys.stdin.read().splitlines()]
n, m = int(n), int(m)
# ends[r][f][c]: how r letters can follow letter c when the first letter of the word is f
ends = [[[int(f != c) for c in range(m)] for f in range(m)]]
for _ in range(n - 1):
    ends.append([[sum(row) - way for way in row] for row in ends[-1]])


def find(k):
    found = []
    for r in range(n - 1, -1, -1):
        for c in range(m):
            if found and found[-1] == c:
                continue
            below = ends[r][found[0] if found else c][c]
            if below >= k:
                found.append(c)
                break
            k -= below
        else:
            return "none"
    return "".join(chr(97 + c) for c in found)


for kind, text in questions:
    if kind == "word":
        print(find(int(text)))
        continue
    # Search for the word by halves: find() is monotone.
    low, high = 1, sum(ends[n - 1][f][f] for f in range(m))
    while low < high:
        middle = (low + high) // 2
        if find(middle) < text:
            low = middle + 1
        else:
            high = middle
    print(low if find(low) == text else "none")
"""

BRUTE = """\
from itertools import product

n, m, q = map(int, input().split())
book = []
for letters in product("abcdefghijklmnopqrstuvwxyz"[:m], repeat=n):
    word = "".join(letters)
    if word[0] != word[-1] and all(a != b for a, b in zip(word, word[1:])):
        book.append(word)
for _ in range(q):
    kind, asked = input().split()
    if kind == "word":
        print(book[int(asked) - 1] if int(asked) <= len(book) else "none")
    else:
        print(book.index(asked) + 1 if asked in book else "none")
"""

TASK = Task(
    difficulty="interview",
    topics=("combinatorics", "lexicographic order", "dynamic programming"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=8,
    wrong={
        "lets the ends be equal": FIRST.replace(
            "same, other = [0], [1]", "same, other = [1], [1]"
        ).replace("for i in range(n)):\n        return", "for i in range(1, n)):\n        return"),
        "numbers as if the ends could be equal": FIRST.replace(
            "same, other = [0], [1]", "same, other = [1], [1]"
        ),
        "gives numbers to words with equal ends": FIRST.replace(
            "for i in range(n)):\n        return", "for i in range(1, n)):\n        return"
        ),
        "counts from 0": FIRST.replace("number = 1", "number = 0").replace(
            "k <= count", "k < count"
        ),
        "lets neighbours be equal": FIRST.replace("if word[-1:] == letter:", "if False:").replace(
            "if i == 0 or letter != word[i - 1]:", "if True:"
        ),
        "keeps to two letters less after the first one": FIRST.replace(
            "(m - 1) * other", "(m - 2) * other"
        ),
        "forgets that the first letter may come again": FIRST.replace(
            "same[-1] + (m - 2)", "(m - 1)"
        ),
        "prints 0 for none": FIRST.replace('"none"', '"0"'),
        "takes the last word for a number too large": FIRST.replace(
            'return "none"\n    return word', "word += letter\n    return word"
        ),
    },
)
