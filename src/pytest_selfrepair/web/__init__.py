"""Shared by served pages: access by link, request checks, and listening."""
