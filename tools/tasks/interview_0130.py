"""Hidden names: the smallest step at which a word's letters stand in a text, ahead or back."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, pick, word


def hide(rng: Random, text: str, hidden: str, step: int) -> str:
    """Return the text with the word written over it at this step, from a random letter on."""
    letters = list(text)
    span = abs(step) * (len(hidden) - 1)
    start = rng.randrange(len(text) - span) + (span if step < 0 else 0)
    for i, letter in enumerate(hidden):
        letters[start + i * step] = letter
    return "".join(letters)


def spaced(rng: Random, letters: str) -> str:
    """Return the letters with blanks, signs and capitals among them."""
    parts = []
    for letter in letters:
        parts.append(letter.upper() if rng.randrange(6) == 0 else letter)
        if rng.randrange(5) == 0:
            parts.append(pick(rng, (" ", ", ", ". ", " - ", "'", "7")))
    return "".join(parts)


def cases(rng: Random) -> Iterator[Json]:
    """Yield a text and a word each."""
    yield ["Come, all is tea.", "tile"]
    yield ["No lemon, no melon", "lemon"]
    for text, hidden in (
        ("a", "a"),
        ("a", "b"),
        ("Ha! ha.", "a"),
        ("1, 2, 3...", "one"),
        ("ab", "ba"),
        ("ABBA", "abba"),
        ("abcabc", "ab"),
        ("abcabc", "ac"),
        ("abcabc", "ca"),
        ("aabbaa", "aba"),
        ("tip-top", "pp"),
        ("axbxcxb", "abc"),
        ("cxbxaxbxc", "abc"),
        ("caxbxc a b c", "abc"),
        ("xaybxyayb", "ab"),
        ("bybxabyxa", "ab"),
        ("dog", "dogs"),
        ("xx", "xxx"),
        ("Zz zZ", "zzz"),
    ):
        yield [text, hidden]
    for length, size in ((20, 2), (30, 3), (30, 4), (60, 4), (60, 5)):
        yield [spaced(rng, word(rng, length, "abc")), word(rng, size, "abc")]
    for length, hidden, step in (
        (60, "tower", 7),
        (60, "river", -9),
        (200, "cathedral", 20),
        (200, "lighthouse", -21),
        (700, "violin", 130),
        (700, "understanding", -55),
    ):
        yield [spaced(rng, hide(rng, word(rng, length, "aeinorst"), hidden, step)), hidden]
    yield [spaced(rng, word(rng, 700, "abcdefgh")), "zebra"]
    yield ["a" * 999 + "b", "ab" * 2]
    yield ["a" * 500 + "b" + "a" * 499, "aaba"]


FIRST = """\
def find_code(text: str, word: str) -> list[int]:
    letters = "".join(c for c in text.lower() if c.isalpha())
    size = len(word)
    most = (len(letters) - 1) // (size - 1) if size > 1 else 1
    for step in range(1, most + 1):
        ahead, back = [], []
        for first in range(step):
            row = letters[first::step]
            at = row.find(word)
            if at >= 0:
                ahead.append(first + at * step)
            at = row.find(word[::-1])
            if at >= 0:
                back.append(first + (at + size - 1) * step)
        if ahead:
            return [min(ahead) + 1, step]
        if back:
            return [min(back) + 1, -step]
    return []
"""

SECOND = """\
def find_code(text, word):
    letters = [c for c in text.lower() if "a" <= c <= "z"]
    places = {}
    for at, letter in enumerate(letters):
        places.setdefault(letter, []).append(at)
    best = None
    if len(word) == 1:
        return [places[word][0] + 1, 1] if word in places else []
    for start in places.get(word[0], []):
        for after in places.get(word[1], []):
            step = after - start
            end = start + step * (len(word) - 1)
            if step and 0 <= end < len(letters):
                key = (abs(step), step < 0, start)
                if best is None or key < best:
                    if all(letters[start + i * step] == c for i, c in enumerate(word)):
                        best = key
    if best is None:
        return []
    size, backwards, start = best
    return [start + 1, -size if backwards else size]
"""

BRUTE = """\
def find_code(text, word):
    letters = ""
    for c in text:
        if c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
            letters += c.lower()
    for size in range(1, len(letters) + 1):
        for step in (size, -size):
            for start in range(len(letters)):
                at, fits = start, True
                for c in word:
                    if not 0 <= at < len(letters) or letters[at] != c:
                        fits = False
                        break
                    at += step
                if fits:
                    return [start + 1, step]
    return []
"""

TASK = Task(
    difficulty="interview",
    topics=("strings", "search"),
    fn_name="find_code",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "counts all characters": FIRST.replace("if c.isalpha()", ""),
        "minds capitals": FIRST.replace("text.lower()", "text"),
        "never reads backwards": FIRST.replace("if back:", "if False:"),
        "tries all steps ahead before those back": SECOND.replace(
            "(abs(step), step < 0, start)", "(step < 0, abs(step), start)"
        ).replace("size, backwards, start = best", "backwards, size, start = best"),
        "prefers the earliest start": SECOND.replace(
            "(abs(step), step < 0, start)", "(start, abs(step), step < 0)"
        ).replace("size, backwards, start = best", "start, size, backwards = best"),
        "gives the left end of a word read back": FIRST.replace("(at + size - 1)", "at"),
        "counts letters from 0": FIRST.replace(" + 1, step]", ", step]").replace(
            " + 1, -step]", ", -step]"
        ),
        "takes the first row that holds it": FIRST.replace("min(ahead)", "ahead[0]").replace(
            "min(back)", "back[0]"
        ),
        "prefers back": SECOND.replace("step < 0, start)", "step > 0, start)").replace(
            "-size if backwards else size", "size if backwards else -size"
        ),
        "misses the largest step": FIRST.replace("range(1, most + 1)", "range(1, max(2, most))"),
    },
)
