"""Subjects of `manage.py bench` that this app measures."""

BENCHES = {"forecasts": "insights.forecast_bench"}
