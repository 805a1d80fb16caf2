"""Sums for a citizen's own case."""
