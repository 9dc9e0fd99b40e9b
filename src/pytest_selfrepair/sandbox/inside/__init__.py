"""Modules that run inside the sandbox, as plain files that need only the standard library."""
