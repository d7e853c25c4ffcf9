"""Subjects of `manage.py bench` that the portal measures."""

BENCHES = {"pages": "healthequiroute.portal.bench.pages"}
