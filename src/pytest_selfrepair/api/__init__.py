"""The Python API: load stored runs, judge programs, and run without pytest."""
