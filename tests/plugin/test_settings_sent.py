"""What a run's settings become on the wire, for code and feedback models."""

from contextlib import closing

import pytest

from behaviours import Asked, Reply, Server, behaving, choice, completion, error
from projects import SOLVED, UNSOLVED, fenced, write_project
from pytest_selfrepair.store import exchange, lines
from pytest_selfrepair.store.sqlite_store import SqliteStore

WRONG = fenced("print(input())")
MODELS = """
[gpt-4]
base_url = "{address}/a/v1"
key_env = "CODE_KEY"
temperature = "none"
max_tokens = 300
stop = ["\\n# END"]
extra_body = {{ top_k = 4 }}
headers = {{ X-Tenant = "$TENANT" }}

[critic]
base_url = "{address}/b/v1"
wire_name = "gpt-4o-mini"
top_p = 0.5
reasoning_effort = "low"
feedback_max_tokens = 50
system_role = false
"""


def behave(asked: Asked) -> Reply:
    text = WRONG if asked.path.startswith("/a/") else "It reads too little."
    return completion(*[choice(text)] * asked.body.get("n", 1), tokens=9 * asked.body.get("n", 1))


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    write_project(pytester.path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-nobody")
    monkeypatch.setenv("CODE_KEY", "sk-code")
    monkeypatch.setenv("TENANT", "blue-tenant")
    return pytester


def run(project: pytest.Pytester, *flags: str) -> pytest.RunResult:
    shape = ("--selfrepair-programs=1", "-p", "no:xdist")
    return project.runpytest(SOLVED, *flags, *shape)


def asked_at(server: Server, path: str) -> list[Asked]:
    return [each for each in server.paid if each.path.startswith(path)]


def test_each_model_is_asked_as_the_file_says(project: pytest.Pytester) -> None:
    with behaving(behave) as server:
        (project.path / "models.toml").write_text(MODELS.format(address=server.address))
        flags = (
            *("--selfrepair-model=gpt-4", "--selfrepair-feedback=critic", "--selfrepair-seed=3"),
            *("--selfrepair-models=models.toml", "--selfrepair-header=X-Run: 1"),
        )
        first = run(project, *flags)
        code, said = asked_at(server, "/a/"), asked_at(server, "/b/")
        again = run(project, *flags, "--selfrepair-replay=only")
        assert len(server.paid) == len(code) + len(said)
    assert first.ret == again.ret == pytest.ExitCode.TESTS_FAILED
    assert "blue-tenant" not in first.stdout.str() + first.stderr.str()
    host = server.address.removeprefix("http://")
    first.stdout.fnmatch_lines(
        [
            f"selfrepair: gpt-4 at {host}: temperature none, seed 3, stop *# END*, extra_body *",
            f"selfrepair: critic at {host}: seed 3, top_p 0.5, *, system_role False, up to 50 *",
        ]
    )
    for asked in code:
        assert asked.headers["authorization"] == "Bearer sk-code"
        assert asked.headers["x-tenant"] == "blue-tenant"
        assert "x-run" not in asked.headers  # it is for another address
        assert asked.body["model"] == "gpt-4"
        assert (asked.body["max_tokens"], asked.body["top_k"]) == (300, 4)
        assert asked.body["stop"] == ["\n# END"]
        assert "temperature" not in asked.body
        assert asked.has_system
    for asked in said:
        assert asked.headers["authorization"] == "Bearer none"
        assert "x-tenant" not in asked.headers
        assert asked.body["model"] == "gpt-4o-mini"
        assert (asked.body["max_tokens"], asked.body["top_p"]) == (50, 0.5)
        assert asked.body["reasoning_effort"] == "low"
        assert not asked.has_system
    assert code
    assert said
    with closing(SqliteStore(project.path / ".selfrepair/samples.sqlite")) as store:
        kept = "".join(map(lines.write, exchange.samples(store)))
    assert "$TENANT" in kept
    assert "blue-tenant" not in kept


def test_flags_hold_for_every_model_at_the_run_endpoint(project: pytest.Pytester) -> None:
    with behaving(behave) as server:
        run(
            project,
            *("--selfrepair-model=gpt-4", f"--selfrepair-base-url={server.address}/a/v1"),
            *("--selfrepair-feedback=self:separate", "--selfrepair-top-p=0.25"),
            *("--selfrepair-temperature=none", "--selfrepair-stop=a", "--selfrepair-stop=b"),
            *("--selfrepair-extra-body", '{"top_k": 4}', "--selfrepair-reasoning-effort=low"),
            *("--selfrepair-header", "Authorization: Basic $TENANT"),
        )
        assert server.paid
        for asked in server.paid:
            assert asked.headers["authorization"] == "Basic blue-tenant"
            assert (asked.body["top_p"], asked.body["stop"]) == (0.25, ["a", "b"])
            assert (asked.body["top_k"], asked.body["reasoning_effort"]) == (4, "low")
            assert asked.body["max_tokens"] == 16_384
            assert "temperature" not in asked.body


def test_an_error_that_repeats_a_header_does_not_show_it(project: pytest.Pytester) -> None:
    with behaving(lambda asked: error(401, f"no: {asked.headers['x-tenant']}")) as server:
        result = run(
            project,
            *("--selfrepair-model=gpt-4", f"--selfrepair-base-url={server.address}/a/v1"),
            *("--selfrepair-header", "X-Tenant: Basic $TENANT"),
        )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = result.stdout.str() + result.stderr.str()
    assert "no: Basic ***" in said
    assert "blue-tenant" not in said


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--selfrepair-feedback=placbo",), "*found 'placbo'*did you mean 'placebo'?*"),
        (('--selfrepair-extra-body={"n": 2}',), "*--selfrepair-extra-body: found *'n'*"),
        (("--selfrepair-header=X-A: $NOBODY",), "*--selfrepair-header: found X-A*$NOBODY*"),
        (("--selfrepair-model=",), "*--selfrepair-model: found ''*"),
    ],
)
def test_what_cannot_be_is_one_line_and_status_4(
    project: pytest.Pytester, flags: tuple[str, ...], said: str
) -> None:
    result = project.runpytest_inprocess(UNSOLVED, "--selfrepair-model=gpt-4", *flags)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])
