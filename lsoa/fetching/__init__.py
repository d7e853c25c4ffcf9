"""Fetching the publications from their publishers: which they are, and how a download goes on where it stopped."""
