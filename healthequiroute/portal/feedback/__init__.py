"""Feedback about a page: sending it, answering it, and the list of it."""
