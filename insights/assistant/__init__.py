"""Answers to questions in words, each figure from the data and with its source."""

from .answering import ask
from .intents import Intent
from .shapes import Answer, AnswerTable, AnswerUnreadable, Fact, Link, Notice
from .starting import starters

__all__ = ["Answer", "AnswerTable", "AnswerUnreadable", "Fact", "Intent", "Link", "Notice", "ask", "starters"]
