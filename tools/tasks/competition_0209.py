"""Refrain: the longest text that a song begins and ends with and holds at least k times."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, word


def bordered(rng: Random, seed: str, rounds: int) -> str:
    """Return a text with many borders: each round puts the text around a new letter or none."""
    text = seed
    for _ in range(rounds):
        text = text + word(rng, rng.randrange(2), "ab") + text
    return text


def cases(rng: Random) -> Iterator[Json]:
    """Yield a song and k each."""
    yield ["lalaloolala", 4]
    yield ["ababa", 2]
    for song, times in (
        ("a", 1),
        ("ab", 1),
        ("ab", 2),
        ("aa", 2),
        ("aaaa", 3),
        ("aba", 2),
        ("abcab", 3),
        ("aabaabaa", 2),
        ("aabaabaa", 3),
        ("aabaabaa", 6),
        ("aabaabaa", 7),
        ("abaababaab", 2),
        ("abcdabcdabcd", 3),
        ("abababbababa", 3),
        ("xyxyxyzxyxyx", 4),
    ):
        yield [song, times]
    for rounds, times in ((2, 3), (3, 4), (4, 5), (4, 9), (5, 20)):
        yield [bordered(rng, word(rng, 2, "ab"), rounds), times]
    yield [word(rng, 40, "ab"), 12]
    yield [bordered(rng, "abaab", 7), 70]
    yield [bordered(rng, "aab", 10), 2]
    yield ["ab" * 5000, 4000]
    yield [word(rng, 20000, "abc"), 1]
    yield ["a" * 19900 + "b" + "a" * 19900, 39790]
    yield ["a" * 40000, 17000]


FIRST = """\
class Solution:
    def findRefrain(self, song: str, k: int) -> str:
        n = len(song)
        border = [0] * (n + 1)
        length = 0
        for i in range(1, n):
            while length and song[i] != song[length]:
                length = border[length]
            if song[i] == song[length]:
                length += 1
            border[i + 1] = length
        times = [1] * (n + 1)
        for i in range(n, 0, -1):
            times[border[i]] += times[i]
        length = n
        while length and times[length] < k:
            length = border[length]
        return song[:length]
"""

SECOND = """\
class Solution:
    def findRefrain(self, song, k):
        n = len(song)
        # same[i]: how far the text from i on is the same as the song's beginning
        same = [n] + [0] * (n - 1)
        left = right = 0
        for i in range(1, n):
            length = min(same[i - left], right - i) if i < right else 0
            while i + length < n and song[length] == song[i + length]:
                length += 1
            same[i] = length
            if i + length > right:
                left, right = i, i + length
        count = [0] * (n + 2)
        for length in same:
            count[length] += 1
        best = 0
        for length in range(n, 0, -1):
            count[length] += count[length + 1]
            if not best and same[n - length] == length and count[length] >= k:
                best = length
        return song[n - best :]
"""

BRUTE = """\
class Solution:
    def findRefrain(self, song, k):
        answer = ""
        for length in range(1, len(song) + 1):
            pieces = [song[i : i + length] for i in range(len(song) - length + 1)]
            if pieces[0] == pieces[-1] and pieces.count(pieces[0]) >= k:
                answer = pieces[0]
        return answer
"""

SEARCH = """\
class Solution:
    def findRefrain(self, song, k):
        n = len(song)
        # a piece longer than this does not fit in k times
        for length in range(n - k + 1, 0, -1):
            piece = song[:length]
            if song.endswith(piece):
                times, at = 0, song.find(piece)
                while at >= 0 and times < k:
                    times += 1
                    at = song.find(piece, at + 1)
                if times == k:
                    return piece
        return ""
"""

TASK = Task(
    difficulty="competition",
    topics=("strings", "prefix function"),
    fn_name="findRefrain",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=24,
    wrong={
        "counts only times that do not overlap": FIRST.replace(
            "times[length] < k", "song.count(song[:length]) < k"
        ),
        "takes the longest border whatever k is": FIRST.replace(
            "length = n\n        while length and times[length] < k", "length = n\n        if k > 1"
        ),
        "does not think of the whole song": FIRST.replace("length = n\n", "length = border[n]\n"),
        "wants more than k times": FIRST.replace("times[length] < k", "times[length] <= k"),
        "forgets the times within longer borders": FIRST.replace("+= times[i]", "+= 1"),
        "need not end the song": SECOND.replace("same[n - length] == length and ", "").replace(
            "song[n - best :]", "song[:best]"
        ),
        "takes the shortest": SECOND.replace("not best and ", ""),
        "falls back one letter at a time": FIRST.replace(
            "while length and song[i] != song[length]:\n                length = border[length]",
            "if song[i] != song[length]:\n                length = 0",
        ),
        "returns the length": FIRST.replace("song[:length]\n", "str(length)\n"),
    },
    slow={"searches for every border anew": SEARCH},
)
