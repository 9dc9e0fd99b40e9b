"""What Python code calls: stored runs, judging and runs without pytest."""
