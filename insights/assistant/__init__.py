"""Answers to questions in words, each figure from the data and with its source."""
