"""A local, read-only page over a store: runs, live ones included, and searches."""
