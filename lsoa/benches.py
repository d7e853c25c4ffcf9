"""Subjects of `manage.py bench` that this app measures."""

BENCHES = {"tiles": "lsoa.tile_bench"}
