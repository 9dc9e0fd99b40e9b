"""Closed forms of repair trees: what is solved and paid, without error."""
