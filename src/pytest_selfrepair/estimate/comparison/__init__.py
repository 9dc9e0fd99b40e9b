"""Compare feedback sources and runs, and decide the gate."""
