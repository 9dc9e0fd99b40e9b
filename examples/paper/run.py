"""Run the experiments of arXiv 2306.09896 in miniature, and compare them with the paper's.

    python examples/paper/run.py             # from the recording beside this file: seconds
    python examples/paper/run.py --record    # sample what is not recorded

By default the embedded 0.5B writes and repairs programs and the embedded 1.5B explains; --code and
--critic name other models, which need --record. The output goes to the folder `paper`.
"""

import argparse
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.errors import SelfRepairError
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.report.figure_way import PAPER
from pytest_selfrepair.report.figures import Kind, figure
from pytest_selfrepair.store import run_names

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RECORDING, HUMAN = HERE / "recording.jsonl", HERE / "human.jsonl"

TASKS = (
    *(f"apps_tasks/introductory/{number:04d}" for number in range(1, 9)),
    *(f"apps_tasks/interview/{number:04d}" for number in (101, 103, 104)),
    "apps_tasks/competition/0202",
)
"""Tasks that fit the small contexts of the embedded models."""

SHAPE = (
    *("--selfrepair-programs", "3", "--selfrepair-repairs", "2", "--selfrepair-feedbacks", "1"),
    *("--selfrepair-max-tokens", "384", "--selfrepair-feedback-max-tokens", "128"),
)


def main() -> int:
    """Run the experiments and write the page; the exit status is 0 on success."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--record", action="store_true", help="sample what is not recorded")
    parser.add_argument("--code", default="local", help="writes and repairs (default: local)")
    parser.add_argument("--critic", default="local:1.5b", help="explains (default: local:1.5b)")
    parser.add_argument("--out", type=Path, default=Path("paper"), help="a folder (default: paper)")
    options = parser.parse_args()
    out: Path = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    store = out / "samples.sqlite"
    if RECORDING.exists():
        _do("-m", "pytest_selfrepair", "import", str(RECORDING), "--into", str(store))
    status = _do(
        *("-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", f"--rootdir={ROOT}", *TASKS),
        *("--selfrepair-model", options.code, *SHAPE),
        *("--selfrepair-feedback", "self", "--selfrepair-feedback", options.critic),
        *("--selfrepair-feedback", "none", "--selfrepair-feedback", f"human:{HUMAN}"),
        *("--selfrepair-replay", "auto" if options.record else "only"),
        *(f"--selfrepair-store={store}", f"--selfrepair-html={out / 'run.html'}"),
    )
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:  # some tasks stay unsolved
        return status
    records = run_names.load(str(store)).records
    (out / "paper.html").write_text(_page(records, options.critic, out), encoding="utf-8")
    print(f"\nthe page: {out / 'paper.html'}; the run in full: {out / 'run.html'}")
    if options.record and (options.code, options.critic) == ("local", "local:1.5b"):
        exported = ("export", str(store), "--what", "samples", "-o", str(RECORDING))
        return _do("-m", "pytest_selfrepair", *exported)
    return 0


def _do(*command: str) -> int:
    return subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode


def _page(records: Sequence[Record], critic: str, out: Path) -> str:
    """The page of results with its figures, which are also written to files beside it."""
    found = findings(records)
    human = next(source for source in found.about.sources if source.startswith("human"))
    drawn = {
        "self_curve": _drawn(_only(found, "self"), "curve", out / "self-curve.svg"),
        "self_heatmap": _drawn(_only(found, "self"), "heatmap", out / "self-heatmap.svg"),
        "critic_curve": _drawn(_only(found, critic), "curve", out / "critic-curve.svg"),
        "critic_heatmap": _drawn(_only(found, critic), "heatmap", out / "critic-heatmap.svg"),
        "sources": _drawn(found, "sources", out / "sources.svg"),
    }
    for name, some in _by_difficulty(records):
        drawn[name] = _drawn(_only(some, "self"), "curve", out / f"{name}-curve.svg")
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page: str = environment.get_template("page.html").render(
        found=found, critic=critic, human=human, figures=drawn
    )
    return page


def _by_difficulty(records: Sequence[Record]) -> Iterator[tuple[str, Findings]]:
    for name in Difficulty:
        some = [each for each in records if each.difficulty == name and each.grown is not None]
        if some:
            yield name, findings(some)


def _only(found: Findings, source: str) -> Findings:
    """The findings on one source and on sampling without repair."""
    return replace(
        found,
        curves=tuple(each for each in found.curves if each.source in {None, source}),
        heat_maps=tuple(each for each in found.heat_maps if each.source == source),
    )


def _drawn(found: Findings, kind: Kind, path: Path) -> str | None:
    """A figure as a data URL; None where there is nothing to draw."""
    try:
        figure(found, kind, path, way=PAPER)
    except SelfRepairError as error:
        print(f"no figure: {error}", file=sys.stderr)
        return None
    return f"data:image/svg+xml;base64,{b64encode(path.read_bytes()).decode()}"


if __name__ == "__main__":
    sys.exit(main())
