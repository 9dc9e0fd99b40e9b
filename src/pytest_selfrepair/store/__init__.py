"""Store samples, verdicts and records."""
