"""Subjects of `manage.py bench` that this app measures."""

BENCHES = {"audit": "accounts.trail.bench"}
