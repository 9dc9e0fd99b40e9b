"""The pytest plugin: thin hooks over the packages below it."""

ITEM_NAME = "selfrepair"
"""The name of a task's item: its node id is the task's id, `::` and this."""

GAME_NAMES = ("seller", "buyer")
"""The names of a scenario's items, after the improved role; they end node ids as well."""
