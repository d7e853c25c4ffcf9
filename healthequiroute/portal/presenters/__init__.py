"""Wording and shapes of the portal's pages."""
