"""Estimate every figure of a run from its records."""
