"""Where samples and records are kept."""
