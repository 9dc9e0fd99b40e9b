"""The pages of the documentation: their commands, their links, and what is made from the code."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise

import pytest

import describe_commands
import describe_options
import pytest_selfrepair
import site_files
from places import ROOT
from pytest_selfrepair import cli
from pytest_selfrepair.plugin.flags import OPTIONS

PAGES = ["README.md", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
FLAGS = {option.flag: option for option in OPTIONS}


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def commands(page: str) -> Iterator[list[str]]:
    """The commands of a page's shell blocks, split into words; two on a line are two."""
    for block in BLOCK.findall(text_of(page)):
        for line in block.replace("\\\n", " ").splitlines():
            for part in line.split("&&"):
                words = shlex.split(part, comments=True)
                if words:
                    yield [words[0].removeprefix(".venv/bin/"), *words[1:]]


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_a_page_are_as_the_parsers_want_them(page: str) -> None:
    for words in commands(page):
        if words[0] == "selfrepair" and words[1:] != ["COMMAND"]:
            options = cli._parser(words[1:]).parse_args(words[1:])  # noqa: SLF001 - what main does
            assert callable(options.run)
        elif words[0] == "pytest":
            for word, following in pairwise([*words, ""]):
                if word.startswith("--selfrepair-"):
                    name, joined, value = word.partition("=")
                    option = FLAGS[name]
                    if not option.switch and option.metavar:
                        option.parse(value if joined else following)


def test_the_page_of_commands_is_what_the_commands_declare() -> None:
    assert text_of("docs/commands.md") == describe_commands.page()


def test_the_page_of_options_is_what_the_options_declare() -> None:
    assert text_of("docs/options.md") == describe_options.page()


def test_the_page_of_names_has_every_public_name() -> None:
    found = re.findall(
        r"^::: pytest_selfrepair\.(\w+)$", text_of("docs/python-names.md"), re.MULTILINE
    )
    assert sorted([*found, "__version__"]) == sorted(pytest_selfrepair.__all__)


@pytest.mark.parametrize("page", PAGES)
def test_every_file_to_which_a_page_links_is_there(page: str) -> None:
    folder = (ROOT / page).parent
    for link in re.findall(r"\]\(((?!https?:|#)[^)\s#]+)", text_of(page)):
        assert (folder / link).resolve().exists(), link


def test_the_site_has_the_files_outside_of_docs_to_which_pages_link() -> None:
    found = site_files.outside()
    assert {"CHANGELOG.md", "action.yml", "conftest_example.py"} <= found
    assert all((ROOT / name).is_file() for name in found)
    assert site_files.on_page_markdown("[a](../b.py#c)") == "[a](b.py#c)"
    assert site_files.beside("[a](docs/b.md#c)") == "[a](b.md#c)"
