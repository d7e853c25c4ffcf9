"""What sources of live feeds answer, as tests write it."""

import json
from datetime import timedelta

from django.utils import timezone

ALERT = {
    "sent": "2026-11-21T08:00:00+00:00",
    "event": "Cold weather",
    "severity": "Severe",
    "headline": "Amber cold-health alert",
    "description": "Snow.",
    "expires": "2026-11-23T08:00:00+00:00",
    "area_code": "E12000005",
    "area": "West Midlands",
}


def reading(value=12, minutes=5, **fields):
    """One row, observed so many minutes before `now`."""
    at = (fields.pop("now", None) or timezone.now()) - timedelta(minutes=minutes)
    return {"observed_at": at.isoformat(), "measure": "attendances", "value": value, "place_code": "ZZ1"} | fields


def body(*rows, key="readings"):
    """JSON as the documented layout has it."""
    return json.dumps({key: list(rows)})
