"""Tests of pages: a package, so that they have a browser in common."""
