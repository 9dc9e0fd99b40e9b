"""What `make_tasks.py` does: build the files of a task, prove it sound, compare it with others."""
