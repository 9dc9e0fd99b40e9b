"""The repair pipeline in plain Python, without pytest, network, processes or clock."""
