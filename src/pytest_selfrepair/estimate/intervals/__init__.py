"""Intervals, tests and power: how sure a difference is, and which one could be shown."""
