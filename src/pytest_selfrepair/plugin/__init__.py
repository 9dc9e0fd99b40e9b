"""The pytest plugin: thin hooks over the rooms below."""
