"""The pytest plugin: thin hooks over the rooms below."""

ITEM_NAME = "selfrepair"
"""What the item of every task is called: its node id is the task's id, `::` and this."""

GAME_NAMES = ("seller", "buyer")
"""What the items of every scenario are called, after the role that is improved; likewise."""
