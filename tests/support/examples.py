"""How many examples Hypothesis tries of a test whose examples cost more or less than others'."""

from hypothesis import settings

QUICK = 30
"""Examples of a test in the quick profile."""


def examples(number: int) -> settings:
    """So many in the quick profile, and proportionally more in a more thorough one."""
    return settings(max_examples=max(1, number * settings().max_examples // QUICK))
