"""Wording and shapes of the pages about data."""
