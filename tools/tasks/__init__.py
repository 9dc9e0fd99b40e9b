"""The tasks of `apps_tasks/`, one module each, named by its folder: `interview_0101.py`."""
