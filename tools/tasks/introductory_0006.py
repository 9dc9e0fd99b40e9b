"""Wave writing: capital and small letters in turn, where only letters count."""

from collections.abc import Iterator
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase

from tasks.kit import Json, Task, word


def cases(rng: Random) -> Iterator[Json]:
    """Yield one text each, as the only argument."""
    yield ["mEeT at 9!"]
    yield ["I am -- well -- ok"]
    for text in (
        "",
        "a",
        "B",
        "7",
        " ",
        "7b",
        "ab",
        "AB",
        "a b",
        "a1b2c3",
        "one two three",
        "ODD even ODD",
        "...go!",
        "  two  spaces  ",
        "3-2-1, start.",
    ):
        yield [text]
    for letters in (ascii_lowercase, ascii_uppercase, ascii_letters):
        yield [word(rng, 12, letters)]
    for length in (15, 25, 40, 70):
        yield [word(rng, length, ascii_letters + "0123456789" + "    !?.,-")]
    yield [word(rng, 100, ascii_letters + " ")]


FIRST = """\
def wave(text):
    result = ""
    capital = True
    for sign in text:
        if sign.isalpha():
            result += sign.upper() if capital else sign.lower()
            capital = not capital
        else:
            result += sign
    return result
"""

SECOND = """\
def wave(text):
    signs = list(text)
    places = [place for place, sign in enumerate(signs) if sign.isalpha()]
    for change, start in ((str.upper, 0), (str.lower, 1)):
        for place in places[start::2]:
            signs[place] = change(signs[place])
    return "".join(signs)
"""

BRUTE = """\
def wave(text):
    small, large = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    done = []
    for place in range(len(text)):
        before = sum(1 for sign in text[:place] if sign in small + large)
        sign = text[place]
        if before % 2 == 0 and sign in small:
            sign = large[small.index(sign)]
        elif before % 2 == 1 and sign in large:
            sign = small[large.index(sign)]
        done.append(sign)
    return "".join(done)
"""

TASK = Task(
    difficulty="introductory",
    topics=("strings",),
    fn_name="wave",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "counts every character": FIRST.replace(
            "            result += sign\n",
            "            result += sign\n" + "            capital = not capital\n",
        ),
        "begins with a small letter": FIRST.replace("= True", "= False"),
        "begins again in every word": FIRST.replace(
            "            result += sign\n",
            "            result += sign\n" + "            capital = capital or sign == ' '\n",
        ),
        "leaves capitals as they are": FIRST.replace("sign.lower()", "sign"),
        "drops what is no letter": FIRST.replace(
            "            result += sign\n", "            pass\n"
        ),
        "turns letters around": FIRST.replace(
            "sign.upper() if capital else sign.lower()", "sign.swapcase() if capital else sign"
        ),
    },
)
