"""What a device sends: one entry as a form, or several as JSON. Everything else is judged by the service."""

import json
from datetime import datetime
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from routing.models import RoundEvent
from routing.services.rounds import MOST_AT_ONCE, Recorded

TEXT = {"kind": 20, "note": 5_000, "reason": 20}


class EntryForm(forms.Form):
    """One entry, without JavaScript: it happened when it arrived."""

    id = forms.UUIDField()
    kind = forms.ChoiceField(choices=RoundEvent.Kind.choices)
    visit = forms.UUIDField(required=False)
    note = forms.CharField(required=False, max_length=TEXT["note"])
    reason = forms.CharField(required=False, max_length=TEXT["reason"])

    def recorded(self, now: datetime) -> Recorded:
        data = self.cleaned_data
        return Recorded(data["id"], data["kind"], now, data["visit"], data["note"], data["reason"])


def entries_of(body: bytes) -> list[Recorded | dict]:
    """The entries of a batch in the order sent; one that cannot be read comes as {"id", "reason"}. BadRequest for what
    is no batch.

    `{"events": [{"id", "kind", "happened_at": ISO 8601 with zone, "visit"?, "note"?, "reason"?}]}`, at most 200.
    """
    try:
        rows = json.loads(body)["events"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadRequest('Expected {"events": [...]} as JSON.') from None
    if not isinstance(rows, list) or len(rows) > MOST_AT_ONCE:
        raise BadRequest(f"Expected a list of at most {MOST_AT_ONCE} events.")
    return [_entry(row) for row in rows]


def _entry(row) -> Recorded | dict:
    if not isinstance(row, dict):
        return {"id": "", "reason": "It is not an entry."}
    try:
        return Recorded(
            id=UUID(row["id"]),
            kind=_text(row, "kind"),
            happened_at=_moment(row["happened_at"]),
            visit=UUID(row["visit"]) if row.get("visit") else None,
            note=_text(row, "note"),
            reason=_text(row, "reason"),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        known = str(row.get("id", ""))[:36].encode(errors="replace").decode()
        return {"id": known, "reason": "It could not be read. Record it again."}


def _text(row, name) -> str:
    text = row.get(name) or ""
    if not isinstance(text, str) or len(text) > TEXT[name] or "\0" in text:
        raise ValueError(name)
    text.encode()  # ValueError for half of a surrogate pair
    return text


def _moment(text) -> datetime:
    moment = parse_datetime(text)
    if moment is None or timezone.is_naive(moment):
        raise ValueError(text)
    return moment
