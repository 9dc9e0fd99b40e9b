"""What bargaining records say: surplus shares, what advice gains and risks, levels C1 to C4."""
