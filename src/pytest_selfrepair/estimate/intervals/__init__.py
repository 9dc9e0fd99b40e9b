"""Interval estimates: resampling of tasks and tests of paired differences."""
