"""The pytest plugin: thin hooks over the rooms below."""

ITEM_NAME = "selfrepair"
"""What the item of every task is called: its node id is the task's id, `::` and this."""
