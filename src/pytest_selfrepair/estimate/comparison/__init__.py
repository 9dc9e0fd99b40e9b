"""Feedback sources and runs beside each other, and the gate."""
