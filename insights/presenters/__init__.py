"""Wording and shapes of the pages of Insights and Ask."""
