"""Where bubblewrap can make no namespaces, as in most containers, level C does its work."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from container import UNAVAILABLE
from places import SUPPORT
from pytest_selfrepair.sandbox.inside import landlock, seccomp

HERE = SUPPORT
ATTACKS = (
    "daemon_that_outlives_its_program",
    "fork_bomb",
    "frames_of_the_channel",
    "kill_every_pid",
    "memory_bit_by_bit",
    "network",
    "read_environment_of_others",
    "read_files_of_this_machine",
    "thread_flood",
    "user_namespace",
    "write_outside_scratch",
)
PROGRAM = """\
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from test_attacks import *
from test_attacks import attempt, family, rest_of, with_one_zygote

for mode in ("strict", "auto"):
    try:
        isolation = find_isolation(mode)
        print(mode, isolation.description)
    except UsageError as error:
        print(mode, error)
print("plain-user" in isolation.command)
others = family()
judge = with_one_zygote(isolation)
rest = rest_of(judge, others)
for attack in ATTACKS:
    if attack.stem in sys.argv[2:]:
        attempt(judge, rest, attack)
        print(attack.stem, "got nowhere")
asyncio.run(judge.aclose())
"""


@pytest.mark.skipif(not seccomp.available(), reason="the calls of this machine are not known")
@pytest.mark.skipif(landlock.version() < landlock.OLDEST, reason="there is no Landlock")
@pytest.mark.parametrize(
    "kind",
    ["docker", *(pytest.param(each, marks=pytest.mark.thorough) for each in ("bare", "rootless"))],
)
def test_a_container_judges_at_level_c(kind: str) -> None:
    command = (sys.executable, HERE / "container.py", kind, sys.executable, "-c", PROGRAM, HERE)
    with tempfile.TemporaryDirectory(dir="/tmp") as scratch:  # open to all
        Path(scratch).chmod(0o755)
        environment = {"PYTHONPATH": ":".join(sys.path), "TMPDIR": scratch, "SECRET": "SECRET"}
        done = subprocess.run(
            [*command, *ATTACKS], env=environment, capture_output=True, text=True, check=False
        )
        assert list(Path(scratch).iterdir()) == []
    if done.returncode == UNAVAILABLE:
        pytest.skip(f"{kind} cannot be had here")
    assert done.returncode == 0, done.stderr
    strict, auto, own_user, *attacks = done.stdout.splitlines()
    assert "programs cannot be isolated here" in strict
    assert auto.startswith("auto level C: Landlock")
    # Docker's root may become another user, who sees Python where all may pass.
    assert own_user == str(kind == "docker" and os.geteuid() == 0)
    assert attacks == [f"{name} got nowhere" for name in ATTACKS]
