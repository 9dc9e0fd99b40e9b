"""A local page over a store, which it only reads: runs, live while one is going, and searches."""
