"""The page of a run is one file that asks for nothing and hides nothing."""

import gzip
import hashlib
import json
import re
from base64 import b64decode, b64encode
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import pytest_selfrepair
import synthetic
from examples import examples
from findings_made import any_findings
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.findings import Findings, Unscored
from pytest_selfrepair.estimate.gain import RepairConclusion
from pytest_selfrepair.report import numbers, typeset
from pytest_selfrepair.report.details import details
from pytest_selfrepair.report.html import page
from pytest_selfrepair.report.run_terminal import has_tasks
from synthetic_findings import findings as invented

VENDOR = Path(pytest_selfrepair.__file__).parent / "report" / "assets" / "vendor"
RECORDS = [*(synthetic.record(number) for number in range(12)), synthetic.unscored(900)]
FINDINGS = invented(RECORDS)


class Reader(HTMLParser):
    """What a document holds: scripts, attributes that load something, and text outside of both."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.loads: list[str] = []
        self.policy = ""
        self.words: list[str] = []
        self._inside = ""
        self.feed(document)
        self.text = re.sub(r"\s+", " ", "".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self._inside = tag
        if tag == "script":
            self.scripts.append((facts, ""))
        if facts.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(facts["content"])
        self.loads += [str(facts[each]) for each in ("src", "href", "action") if each in facts]
        assert not [name for name in facts if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the base class calls it so
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            facts, body = self.scripts[-1]
            self.scripts[-1] = (facts, body + data)
        elif self._inside != "style":
            self.words.append(data)


def unpacked(text: str) -> Any:
    return json.loads(gzip.decompress(b64decode(text)))


def read(findings: Findings, records: list[Record] | None = None) -> Reader:
    return Reader(page(findings, RECORDS if records is None else records))


@examples(4)
@given(findings=any_findings())
def test_any_findings_become_a_page(findings: Findings) -> None:
    found = read(findings, [])
    assert found.policy.startswith("default-src 'none'")
    if has_tasks(findings):
        assert len(found.scripts) == len(read(FINDINGS, []).scripts)
        assert "What is not in these numbers" in found.text


def test_it_loads_nothing_from_anywhere() -> None:
    found = read(FINDINGS)
    assert {each.partition(":")[0] for each in found.loads if not each.startswith("#")} == {"data"}
    assert found.policy.startswith("default-src 'none'; script-src 'sha256-")


def test_the_policy_names_every_script_and_allows_no_other() -> None:
    found = read(FINDINGS)
    bodies = [body for facts, body in found.scripts if "type" not in facts]
    hashes = [b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies]
    directives = dict(part.split(" ", 1) for part in found.policy.split("; "))
    assert directives["script-src"].split() == [f"'sha256-{each}'" for each in hashes]
    assert "unsafe" not in directives["script-src"]


def test_the_libraries_within_are_as_their_authors_published_them() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.glob("*/*")}
    assert {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()
    } == sums
    assert {name.partition("/")[0] for name in files} == {
        name.partition("/")[0] for name in files if name.endswith("/LICENSE")
    }


def test_the_licences_of_the_libraries_are_in_the_page() -> None:
    text = read(FINDINGS).text
    assert all(
        re.sub(r"\s+", " ", path.read_text()).strip() in text for path in VENDOR.glob("*/LICENSE")
    )


def test_the_same_facts_make_the_same_page() -> None:
    assert page(FINDINGS, RECORDS, made="today") == page(FINDINGS, RECORDS, made="today")


def test_a_run_of_300_tasks_takes_under_two_megabytes() -> None:
    records = [synthetic.record(number) for number in range(300)]
    text = page(FINDINGS, records, statements=synthetic.statements(records))
    assert len(text.encode()) < 2_000_000
    assert len(page(FINDINGS, []).encode()) < 700_000


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (0.061, "Repair pays."),
        (-0.061, "Repair does not pay."),
        (
            0.012,
            (
                "Cannot tell with 12 tasks whether repair pays; a gain of about 5 points could "
                "have been shown."
            ),
        ),
    ],
)
def test_the_verdict_comes_first_and_in_words(gain: float, words: str) -> None:
    findings = invented(RECORDS, sources=("self",), gains=(gain,))
    document = page(findings, RECORDS)
    assert unescape(document).index(words) < document.index("<table")
    assert re.search(r"<h1[^>]*>([^<]*)</h1>", document).group(1) == words  # type: ignore[union-attr]


def test_the_verdict_has_its_interval_and_how_it_was_made() -> None:
    text = read(invented(RECORDS, sources=("self",), gains=(0.012,))).text
    assert (
        "Repair on feedback self solves 43.2% of 12 tasks. Sampling under the same stopping rule, "
        "with 9.4 more programs if all first ones fail, solves 42.0% at the same 2,840 tokens "
        "generated per task: +1.2 percentage points, [−2.3, +4.7], p = 0.400 "  # noqa: RUF001
        "(95% score interval over tasks (Wilson) with Student's t)."
    ) in text


def test_what_is_missing_is_told_with_its_reason() -> None:
    text = read(FINDINGS).text
    assert (
        "1 task of 13 not scored. 3 tasks never started. 1 estimate refused. 2 requests lost."
        in text
    )
    assert "the endpoint did not answer: 5 tries, the last: 503 Service Unavailable" in text
    assert "shapes of self without replacement beyond n_p = 3" in text
    assert "apps_tasks/interview/0013: its trees stopped at their budget" in text
    assert "The checker apps would have decided 41 of 6,210 verdicts otherwise (0.7%)." in text


def test_tasks_that_the_budget_left_out_are_told() -> None:
    left = Unscored(reason="not run: budget: 10,000 tokens", tasks=("tasks/1", "tasks/2"))
    findings = replace(FINDINGS, about=replace(FINDINGS.about, not_run_budget=left))
    assert "not run: budget: 10,000 tokens" in read(findings).text


def test_a_run_without_any_scored_task_says_so() -> None:
    records = [synthetic.unscored(number) for number in range(3)]
    text = read(invented(records), records).text
    assert "No task was scored." in text
    assert "3 tasks of 3 not scored." in text


def test_a_run_with_one_source_has_no_pairs() -> None:
    text = read(invented(RECORDS, sources=("self",), gains=(0.06,))).text
    assert "Feedback sources" in text
    assert "McNemar" not in text


def test_a_run_without_repair_has_pass_rates_still() -> None:
    records = [synthetic.record(number, repairs=0, sources=()) for number in range(12)]
    text = read(invented(records, sources=(), gains=()), records).text
    assert "Nothing to compare." in text
    assert "31.0%" in text


def test_a_run_without_prices_says_that_dollars_are_not_known() -> None:
    records = [synthetic.record(number, priced=False) for number in range(5)]
    text = read(invented(records, priced=False), records).text
    assert "what they cost in dollars is not known" in text
    assert "$" not in text


def test_estimates_without_intervals_stand_alone() -> None:
    [one] = invented(RECORDS, sources=("self",), gains=(0.06,)).headline
    gain = replace(one.stopping.gain, low=None, high=None, p=None)
    beside = replace(one.stopping, gain=gain)
    bare = replace(one, stopping=beside, answer=RepairConclusion.CANNOT_TELL)
    text = read(replace(FINDINGS, headline=(bare,))).text
    assert "+6.0 percentage points; too few tasks for an interval." in text


def test_the_heat_map_has_the_largest_number_of_repairs_on_top() -> None:
    document = page(FINDINGS, RECORDS)
    table = document[document.index('<table class="heat">') :]
    rows = re.findall(r'<th scope="row" class="number">(\d+)</th>', table)[:4]
    assert rows == ["10", "5", "3", "1"]
    assert table.count("O.O.B.", 0, table.index("</table>")) == 6


def test_no_text_ends_the_block_that_it_stands_in() -> None:
    evil = "</script><script>alert(1)</script>"
    curves = tuple(replace(curve, label=evil, source=evil) for curve in FINDINGS.curves)
    found = read(replace(FINDINGS, curves=curves))
    assert len(found.scripts) == len(read(FINDINGS).scripts)
    [data] = [body for facts, body in found.scripts if facts.get("id") == "curves-data"]
    assert json.loads(data)[0]["label"] == evil


def test_a_text_that_occurs_often_is_stored_once() -> None:
    packed = details([synthetic.record(3)] * 2, {}, ())
    part = unpacked(packed.parts[0])
    assert len(part["texts"]) == len(set(part["texts"]))
    assert part["tasks"][0] == part["tasks"][1]


def test_large_runs_are_packed_in_parts_that_the_index_points_to() -> None:
    records = [synthetic.record(number, programs=20, repairs=2) for number in range(12)]
    packed = details(records, {}, ("self", "gpt-4"))
    assert len(packed.parts) > 1
    for row, record in zip(unpacked(packed.index), records, strict=True):
        task = unpacked(packed.parts[row["part"]])["tasks"][row["at"]]
        assert record.grown
        assert [node["node"] for node in task["programs"]] == [
            n.node for n in record.grown.programs
        ]
        assert row["programs"] == [sum(n.verdict.passed for n in record.grown.programs), 20]


def test_a_task_of_two_runs_has_two_names() -> None:
    packed = details([synthetic.record(3), synthetic.record(3)], {}, ())
    names = [row["key"] for row in unpacked(packed.index)]
    assert names == [RECORDS[3].task_id, f"{RECORDS[3].task_id}~2"]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (typeset.percent(0.4132), "41.3%"),
        (typeset.points(0.0532), "+5.3"),
        (typeset.points(-0.0532), "−5.3"),  # noqa: RUF001 - a true minus
        (typeset.count(1240.4), "1,240"),
        (typeset.count(6.5), "6.5"),
        (typeset.count(7.0), "7"),
        (typeset.dollars(12.345), "$12.35"),
        (typeset.dollars(0.3678), "$0.3678"),
        (typeset.dollars(0.000421), "$0.00042"),
        (typeset.dollars(0), "$0.00"),
        (typeset.p_value(0.0136), "0.014"),
        (typeset.p_value(1e-9), "< 0.001"),
        (numbers.plural(1, "task"), "1 task"),
        (numbers.plural(1200, "task"), "1,200 tasks"),
        (typeset.count(None), "\N{EN DASH}"),
    ],
)
def test_numbers_are_written_for_a_reader(shown: str, text: str) -> None:
    assert shown == text
