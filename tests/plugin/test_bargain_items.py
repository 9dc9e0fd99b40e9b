"""Scenarios as items: collected and chosen like any tests, played, and passed, failed or errors."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from projects import SOLVED, write_project
from pytest_selfrepair.bargain.advice import game_key
from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.store import run_names
from pytest_selfrepair.store.sqlite_store import SqliteStore
from scenario_projects import GAP, LAMP, RULES, write_scenario, write_scenarios, write_script

MODES = {"serial": ("-p", "no:xdist"), "n0": ("-n0",), "n2": ("-n2",)}
EACH_MODE = pytest.mark.parametrize(
    "mode", ["serial", pytest.param("n0", marks=pytest.mark.slow), "n2"]
)
SELDOM = pytest.mark.parametrize(
    "mode", ["serial", *(pytest.param(mode, marks=pytest.mark.slow) for mode in ("n0", "n2"))]
)
SCRIPTED = ("--selfrepair-model", "scripted:script.json", "--selfrepair-feedback", "self")


@pytest.fixture
def project(pytester: pytest.Pytester) -> Path:
    write_scenarios(pytester.path)
    pytester.makeini("[pytest]")
    return pytester.path


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest(*arguments)


def collected(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    result = pytester.runpytest_inprocess("--collect-only", "-q", *arguments, *RULES)
    return [line for line in result.outlines if "::" in line and not line.startswith("ERROR")]


def ids(*items: str) -> list[str]:
    return [
        f"{item}" if "::" in item else f"{item}::{role}"
        for item in items
        for role in (("seller", "buyer") if "::" not in item else ("",))
    ]


def records(root: Path) -> dict[str, BargainRecord]:
    return {
        each.task_id: each for each in run_names.load(f"{root}/.selfrepair/samples.sqlite").games
    }


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("games",), ids(GAP, LAMP)),
        ((), ids(GAP, LAMP)),
        ((LAMP,), ids(LAMP)),
        ((f"{LAMP}/scenario.toml",), ids(LAMP)),
        ((f"{LAMP}::buyer",), ids(f"{LAMP}::buyer")),
        ((f"{LAMP}::buyer", f"{GAP}::seller"), ids(f"{LAMP}::buyer", f"{GAP}::seller")),
        (("games", "-k", "lamp and seller"), ids(f"{LAMP}::seller")),
        (("games", "-m", "no_zopa"), ids(GAP)),
        (("games", "-m", "wide and buyer"), ids(f"{LAMP}::buyer")),
        (("games", "-m", "narrow"), []),
        (("games", "--deselect", GAP), ids(LAMP)),
    ],
    ids=["tree", "root", "one", "toml", "id", "ids", "k", "m", "both", "nothing", "deselect"],
)
def test_scenarios_are_chosen_like_any_tests(
    pytester: pytest.Pytester, arguments: tuple[str, ...], found: list[str]
) -> None:
    assert collected(pytester, *arguments) == found


def test_lines_of_scenarios_give_the_same_items(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]")
    side = {"limit": 8, "opening": 20}, {"limit": 18, "opening": 5}
    line = {"schema": 1, "currency": "USD", "step": "0.5", "item": {"name": "lamp"}}
    line |= {"seller": side[0], "buyer": side[1]}
    broken = {**line, "id": "broken", "step": -1}
    lines = [{**line, "id": "lamp"}, broken, {**line, "id": "rug"}]
    pytester.path.joinpath("many.jsonl").write_text("\n".join(map(json.dumps, lines)))
    found = collected(pytester, "many.jsonl")
    names = ("lamp::seller", "lamp::buyer", "rug::seller", "rug::buyer")
    assert found == [f"many.jsonl::{name}" for name in names]
    assert collected(pytester, "many.jsonl::rug::buyer") == ["many.jsonl::rug::buyer"]


@SELDOM
def test_a_malformed_scenario_is_its_own_error_and_the_others_are_played(
    pytester: pytest.Pytester, project: Path, mode: str
) -> None:
    (project / "games/bad").mkdir()
    (project / "games/bad/scenario.toml").write_text("schema = 1\ncurrency = 3\nstep = 1\n")
    result = run(pytester, "games", *RULES, *MODES[mode])
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["*games/bad*", "*item: found *; accepted: *"])


@EACH_MODE
def test_tasks_and_scenarios_are_run_together(
    pytester: pytest.Pytester, project: Path, mode: str
) -> None:
    write_project(project)
    scripted = json.loads((project / "script.json").read_text())
    scripted["tasks"]["*"] = {"reply": "OFFER 12", "advice": "Hold out."}
    (project / "script.json").write_text(json.dumps(scripted))
    pytester.makepyfile(test_own="def test_own():\n    pass")
    result = run(
        pytester,
        *("tasks", "games", "test_own.py", *SCRIPTED, "--selfrepair-programs", "2"),
        *("--selfrepair-feedback", "goal", "--selfrepair-feedback", "blind", *MODES[mode]),
    )
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["repaired"], outcomes["failed"]) == (6, 1, 1)
    found = records(project)
    assert list(found) == sorted(ids(GAP, LAMP))
    assert {each.setup and each.setup.arms for each in found.values()} == {("self", "goal")}
    loaded = run_names.load(f"{project}/.selfrepair/samples.sqlite")
    assert {each.task_id for each in loaded.records} >= {SOLVED}
    sources = {each.setup.sources for each in loaded.records if each.setup is not None}
    assert sources == {("self", "blind")}


@EACH_MODE
def test_a_broken_rule_fails_the_item_and_is_named_with_its_turn(
    pytester: pytest.Pytester, project: Path, mode: str
) -> None:
    write_script(project, reply=["OFFER 19", "Shall we say 12.3?"], advice="Smile.")
    result = run(pytester, LAMP, *SCRIPTED, "-m", "seller", *MODES[mode])
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*seller broke the rules in 2 of 2 games*",
            "  game 0, round 1, turn 3: no action in the last line (found 'Shall we say 12.3?')",
            "  game 0, round 2 of self, turn 3: no action in the last line (found *",
        ]
    )


@SELDOM
def test_an_answer_that_cannot_be_had_is_an_error_and_no_broken_rule(
    pytester: pytest.Pytester, project: Path, mode: str
) -> None:
    write_script(project, reply="OFFER 12")  # and no advice
    result = run(pytester, LAMP, *SCRIPTED, *MODES[mode])
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*not scored: script *no answer for task *advice*"])
    assert all(each.cost.tokens > 0 and not each.chains for each in records(project).values())


def test_what_was_played_is_served_again_for_nothing(
    pytester: pytest.Pytester, project: Path
) -> None:
    write_script(project, reply=["OFFER 19", "OFFER 12"], advice="Hold out.")
    options = (*SCRIPTED, "--selfrepair-games", "2", "--selfrepair-rounds", "3")
    run(pytester, LAMP, *options).assert_outcomes(passed=2)
    first = records(project)
    (project / "script.json").write_text('{"tasks": {}}')
    run(pytester, LAMP, *options, "--selfrepair-replay", "only").assert_outcomes(passed=2)
    second = records(project)
    for task_id, record in first.items():
        again = second[task_id]
        assert again.cost.replayed_tokens == again.cost.tokens == record.cost.tokens > 0
        prices = [
            [game.price for chain in each.chains for game in chain.games("self")]
            for each in (record, again)
        ]
        assert prices[0] == prices[1]


def test_unclear_talk_is_an_error_of_its_item(pytester: pytest.Pytester, project: Path) -> None:
    write_script(project, reply="Deal, I'll take it.", advice="Smile.")
    write_script(project, "reader.json", moderator="gibberish")
    result = run(
        pytester,
        *(LAMP, *SCRIPTED, "-m", "seller", "--selfrepair-protocol", "free"),
        *("--selfrepair-moderator", "scripted:reader.json"),
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*not scored: unclear how 2 games ended*"])


def test_a_budget_that_is_spent_is_an_error_and_what_was_paid_is_kept(
    pytester: pytest.Pytester, project: Path
) -> None:
    write_script(project, reply={"text": "OFFER 19", "tokens": 500}, advice="Hold out.")
    store_option = ("--selfrepair-store", "s.sqlite")
    options = (LAMP, *SCRIPTED, "-m", "seller", "--selfrepair-max-tokens", "600", *store_option)
    result = run(pytester, *options, "--selfrepair-max-tokens-total", "1500")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*not scored: * budget: *"])
    with closing(SqliteStore(project / "s.sqlite", create=False)) as store:
        kept = store.read(
            lambda connection: connection.execute("SELECT count(*) FROM samples").fetchone()[0]
        )
    assert 0 < kept <= 3
    run(pytester, *options).assert_outcomes(passed=1)
    with closing(sqlite3.connect(project / "s.sqlite")) as store:
        paid = [text for (text,) in store.execute("SELECT node FROM samples")]
    assert len(paid) == len(set(paid)) > kept


def test_failures_alone_are_run_again(pytester: pytest.Pytester, project: Path) -> None:
    write_script(project, reply="No.", advice="Smile.")
    (project / "script.json").write_text(
        json.dumps(
            {
                "tasks": {
                    f"{LAMP}::seller": {"reply": "No."},
                    "*": {"reply": "OFFER 12", "advice": "Smile."},
                }
            }
        )
    )
    run(pytester, "games", *SCRIPTED).assert_outcomes(passed=3, failed=1)
    again = run(pytester, "games", *SCRIPTED, "--lf")
    again.stdout.fnmatch_lines(["*3 deselected / 1 selected*", "*1 failed*"])


REFUSED = {
    "programs": (
        "games",
        ("--selfrepair-programs", "3"),
        "found '3', which is for tasks",
    ),
    "blind": ("games", ("--selfrepair-feedback", "blind"), "found 'blind', which is for tasks"),
    "rounds": ("tasks", ("--selfrepair-rounds", "3"), "rounds: found '3', which is for scenarios"),
    "goal": ("tasks", ("--selfrepair-feedback", "goal"), "found 'goal', which is for scenarios"),
    "rule": (
        "tasks",
        ("--selfrepair-model", "rule:fixed", "--selfrepair-feedback", "none"),
        "found 'rule:fixed', a player of scenarios, and tasks",
    ),
    "no rule": ("games", ("--selfrepair-model", "rule:soft"), "model: found 'rule:soft'; accepted"),
    "rival": ("games", ("--selfrepair-rival", "rule:soft"), "rival: found 'rule:soft'; accepted"),
    "self": ("games", ("--selfrepair-model", "rule:fixed"), "found 'self' with the rule player"),
    "swapped": ("games", ("--selfrepair-feedback", "swapped"), "with --selfrepair-games 1; accep"),
    "moderator": ("games", ("--selfrepair-moderator", "rule:fixed"), "moderator: found 'rule:fix"),
    "protocol": ("games", ("--selfrepair-protocol", "polite"), "accepted: actions or free"),
}


@pytest.mark.parametrize(
    ("name", "mode"), [*((name, "serial") for name in REFUSED), ("programs", "n2")]
)
def test_what_is_for_no_item_of_the_run_is_refused(
    pytester: pytest.Pytester, project: Path, name: str, mode: str
) -> None:
    write_project(project)
    paths, options, said = REFUSED[name]
    if "--selfrepair-model" not in options:
        options += ("--selfrepair-model", "scripted:script.json")
    result = run(pytester, paths, *options, *MODES[mode])
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()


def test_an_ini_file_may_say_what_holds_for_either_kind(
    pytester: pytest.Pytester, project: Path
) -> None:
    pytester.makeini("[pytest]\nselfrepair_programs = 3\nselfrepair_rounds = 3\n")
    run(pytester, "games", *RULES).assert_outcomes(passed=4)
    assert all(len(each.chains[0].games("none")) == 3 for each in records(project).values())


def test_a_plan_says_what_games_take_at_most_and_plays_none(
    pytester: pytest.Pytester, project: Path
) -> None:
    write_script(project, reply="OFFER 12", advice="Hold out.")
    options = ("--selfrepair-plan", "--selfrepair-rounds", "3", "--selfrepair-feedback", "none")
    limit = ("--selfrepair-games", "2", "--selfrepair-max-tokens-total", "9000")
    result = run(pytester, "games", *SCRIPTED, *options, *limit)
    result.stdout.fnmatch_lines(
        [
            "4 items of scenarios, at most 40 games",
            "  256 completions: 240 replies, 16 pieces of advice, 0 readings of free talk",
            "  *tokens generated, * read",
            "the run stops before it has cost 9,000 tokens generated",
        ]
    )
    assert not (project / ".selfrepair").exists()


def test_a_sample_holds_scenarios_with_both_roles_and_each_zone_in_proportion(
    pytester: pytest.Pytester, project: Path
) -> None:
    for number in range(4):
        write_scenario(project / f"games/wide{number}")
        write_scenario(project / f"games/gap{number}", seller=12, buyer=9)
    write_project(project)
    found = collected(pytester, "games", "--selfrepair-sample", "4")
    scenarios = {item.rpartition("::")[0] for item in found}
    assert sorted(found) == sorted(ids(*scenarios))
    assert len(scenarios) == 4
    assert sum("gap" in each for each in scenarios) == 2
    assert found == collected(pytester, "games", "--selfrepair-sample", "4", "-p", "no:xdist")
    other = collected(pytester, "games", "--selfrepair-sample", "4", "--selfrepair-seed", "7")
    assert other != found
    sellers = collected(pytester, "games", "--selfrepair-sample", "4", "-m", "seller")
    assert sellers == [each for each in found if each.endswith("::seller")]
    options = ("games", "tasks", "--collect-only", "-q", "--selfrepair-sample", "2")
    result = pytester.runpytest_inprocess(*options, *SCRIPTED)
    both = [line for line in result.outlines if "::" in line]
    assert sum(each.endswith("::selfrepair") for each in both) == 2
    assert sum(each.endswith("::buyer") for each in both) == 2


def test_hostile_talk_steers_no_terminal(pytester: pytest.Pytester, project: Path) -> None:
    talk = "\x1b[31mred\x07 ::error::out <script>alert(1)</script>"
    write_script(project, reply=talk, advice="Smile.")
    result = run(pytester, LAMP, *SCRIPTED, "-v", "-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    shown = result.stdout.str()
    assert "\x1b[31m" not in shown
    assert "\x07" not in shown
    assert "::error::" not in shown


def test_scenarios_that_are_alike_in_everything_but_their_place_are_told_apart(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini("[pytest]")
    for name in ("a", "b"):
        write_scenario(pytester.path / name / "lamp")
    run(pytester, "a", "b", *RULES).assert_outcomes(passed=4)
    assert set(records(pytester.path)) == set(ids("a/lamp", "b/lamp"))


def test_people_advise_the_games_that_they_have_read(
    pytester: pytest.Pytester, project: Path
) -> None:
    run(pytester, LAMP, *RULES, "-m", "seller")
    [record] = records(project).values()
    assert record.scenario is not None
    key = game_key(record.scenario, BargainRole.SELLER, record.chains[0].first)
    texts = {"task_id": record.task_id, "participant": "p1", "feedback": "Open higher."}
    (project / "advice.jsonl").write_text(json.dumps({**texts, "program_hash": key}))
    options = ("--selfrepair-model", "rule:conceder", "--selfrepair-rival", "rule:conceder")
    human = ("--selfrepair-feedback", f"human:{project}/advice.jsonl")
    run(pytester, LAMP, *options, *human, "-m", "seller").assert_outcomes(passed=1)
    [record] = records(project).values()
    [arm] = record.chains[0].arms
    assert (arm.name, arm.complete) == ("human:advice.jsonl", True)
    assert [each.advice and each.advice.text for each in arm.rounds] == ["Open higher."]


def test_workers_know_both_kinds_of_item_by_their_ends() -> None:
    ids = ["a/1::selfrepair", "test_a.py::test_b", "b/lamp::seller", "b/lamp::buyer"]
    assert workers.task_shares(ids, 2) == [[0, 3], [2]]
    assert [workers.is_task(each) for each in ids] == [True, False, False, False]


@pytest.mark.usefixtures("project")
def test_scenarios_of_a_run_with_a_bound_are_in_a_random_order(pytester: pytest.Pytester) -> None:
    for number in range(6):
        write_scenario(pytester.path / f"games/x{number}")
    bound = ("--selfrepair-max-tokens-total", "1000")
    found = collected(pytester, "games", *bound)
    assert sorted(found) == sorted(collected(pytester, "games"))
    assert found != collected(pytester, "games")
    assert found == collected(pytester, "games", *bound)
