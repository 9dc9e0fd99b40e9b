"""Which names are slips of the pen, and which are names of models."""

import pytest

from pytest_selfrepair.plugin.model_names import nearest_known


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        *(("slef", "self"), ("non", "none"), ("placbo", "placebo"), ("humen", "human")),
        *(("traces", "trace"), ("self:seperate", "self:separate")),
        *(("self-separate", "self:separate"), ("refrence:gpt-4", "reference:gpt-4")),
        *(("Self", "self"), ("NONE", "none"), ("Blind", "blind"), ("refrence", "reference")),
        *(("humen:a.jsonl", "human:a.jsonl"), ("lcoal", "local"), ("fsat", "fast")),
        ("scriptd:a.json", "scripted:a.json"),
    ],
)
def test_a_slip_of_the_pen_is_seen(given: str, nearest: str) -> None:
    assert nearest_known(given, ["fast"]) == nearest


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-4", "llama3:8b", "mistral", "codestral", "chatgpt", "claude", "sonar", "phi"),
        *("local-model", "mistral:latest", "meta/llama", "gemma", "nova", "opus", "grok", "o3"),
        *("deepseek-chat", "command-r", "qwen:7b", "solar", "yi-large", "gemini-2.5-pro"),
    ],
)
def test_the_name_of_a_model_is_left_alone(name: str) -> None:
    assert nearest_known(name) is None
