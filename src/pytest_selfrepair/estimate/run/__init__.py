"""Estimates from the records of one run."""
