"""The pipeline: plain Python; no pytest, no network, no processes, no clock."""
