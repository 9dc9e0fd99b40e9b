"""How sure a number is: resampling of tasks, and tests of paired differences."""
