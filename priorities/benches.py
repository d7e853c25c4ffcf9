"""Subjects of `manage.py bench` that this app measures."""

BENCHES = {"dex": "priorities.dex_bench"}
