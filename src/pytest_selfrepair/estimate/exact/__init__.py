"""Exact expectations of repair trees in closed form: pass rates and costs."""
