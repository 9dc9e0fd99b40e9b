"""A model that answers from a file."""

import asyncio
import json
from pathlib import Path

import pytest

from pytest_selfrepair.core.sample import Message, Role, SampleRequest, SamplingParams
from pytest_selfrepair.errors import ScriptError
from pytest_selfrepair.models.scripted import Script, ScriptedModel

SCRIPT = {
    "tasks": {
        "named": {
            "program": ["first", "second"],
            "p0/self/r1": "exact",
            "repair:none": "by source",
            "repair": "by stage",
            "feedback": {"text": "words of feedback", "tokens": 9},
        },
        "*": {"program": "anybody's"},
    }
}


@pytest.fixture
def script(tmp_path: Path) -> Script:
    path = tmp_path / "script.json"
    path.write_text(json.dumps(SCRIPT))
    return Script(path)


@pytest.mark.parametrize(
    ("task", "node", "text"),
    [
        ("named", "p0", "first"),
        ("named", "p1", "second"),
        ("named", "p2", "first"),
        ("named", "p0/self/r1", "exact"),
        ("named", "p0/self/r0", "by stage"),
        ("named", "p0/none/r0", "by source"),
        ("named", "p3/gpt-4/f0", "words of feedback"),
        ("other", "p5", "anybody's"),
    ],
)
def test_the_most_telling_place_wins(script: Script, task: str, node: str, text: str) -> None:
    assert script.answer(task, node).text == text


@pytest.mark.parametrize("node", ["p0/self/r0", "nonsense"])
def test_a_missing_answer_names_what_was_looked_for(script: Script, node: str) -> None:
    with pytest.raises(ScriptError, match=node):
        script.answer("other", node)


@pytest.mark.parametrize("content", ["", "[]", '{"tasks": {"*": {"program": 1}}}', '{"more": 1}'])
def test_a_malformed_script_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(content)
    with pytest.raises(ScriptError, match=r"script\.json"):
        Script(path)


def test_tokens_are_words_unless_the_script_says(script: Script) -> None:
    model = ScriptedModel("scripted", script)

    def tokens(node: str) -> int:
        request = SampleRequest(
            model="scripted",
            messages=(Message(role=Role.USER, content="a b c"),),
            params=SamplingParams(),
            task_id="named",
            node=node,
        )
        return asyncio.run(model.sample(request)).usage.completion_tokens

    assert tokens("p0/none/r0") == 2
    assert tokens("p0/gpt-4/f0") == 9
