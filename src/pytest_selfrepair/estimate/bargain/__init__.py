"""Estimates from bargaining records: surplus shares, gains from advice, levels C1 to C4."""
