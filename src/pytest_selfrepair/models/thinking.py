"""Recognise models that think before they answer."""

import json
import re

from pytest_selfrepair.core.sample import SamplingParams

_NAMES = re.compile(
    r"^o[134](?:-|$)"
    r"|^gpt-(?:[5-9]|\d\d)(?!.*chat)"
    r"|gpt-oss"
    r"|deepseek-(?:r\d|reasoner)"
    r"|^qwq"
    r"|^qwen-?3(?!.*(?:instruct|coder|embed))"
    r"|^gemini-(?:2\.5|[3-9])"
    r"|^grok-(?:3-mini|[4-9])(?!.*non-reasoning)"
    r"|^magistral"
    r"|^glm-(?:4\.[5-9]|[5-9])"
    r"|^minimax-m\d"
    r"|(?<!non)(?:^|[-_.:])(?:thinking|think|reasoning|reasoner)(?:[-_.:]|$)"
)
_SWITCHES = ("thinking", "reasoning", "enable_thinking")
"""Fields of a body, or of its `chat_template_kwargs`, that switch thinking."""
_OFF = ({"type": "disabled"}, {"enabled": False}, {"effort": "none"}, "none", "off")


def thinks(name: str, params: SamplingParams) -> bool:
    """Whether a model is known to think: by its parameters, else by its name.

    Args:
        name: The model's name, with or without its vendor: ``deepseek/deepseek-r1``.
        params: Its sampling parameters.
    """
    if params.reasoning_effort is not None:
        return params.reasoning_effort != "none"
    extra = json.loads(params.extra_body) if params.extra_body else {}
    template = extra.get("chat_template_kwargs")
    for fields in (extra, template if isinstance(template, dict) else {}):
        for switch in _SWITCHES:
            if (value := fields.get(switch)) is not None:
                return bool(value) and value not in _OFF
    called = params.wire_name or name
    return _NAMES.search(called.lower().rpartition("/")[2]) is not None
