"""Sentences that try to give the assistant instructions instead of asking it something."""

from .patterns import names, pattern


def rule_that_it_breaks(text: str) -> str | None:
    """Name of the rule by which a folded text instructs; None for a question."""
    return next((name for name in names("instructions") if pattern("instructions", name).search(text)), None)
