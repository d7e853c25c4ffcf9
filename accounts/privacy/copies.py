"""Everything that is kept about a person, for them to take away (UK GDPR, Articles 15 and 20)."""

import csv
import io
import json
import zipfile

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from ..field_words import words_by_name
from ..models import ActorPseudonym, AuditEvent
from ..presenters import action_text
from ..trail.readers import readings_of, subject_of
from ..trail.words import page_text
from . import inventory
from .inventory import PersonalField
from .mentions import Replacements, mention_fields, rows_in_scope
from .subjects import Person, records

NOT_TOLD = "Kept, and not told: it protects your account."
OTHERS = "About people who are visited, under references that lead to nobody here."


def rows_about(entry: PersonalField, person: Person, labels=None):
    """Rows that a field is about, through its paths (of these labels; None: all of them): a QuerySet."""
    named = Q(pk__in=[])
    for label, path in entry.about.items():
        if (labels is None or label in labels) and (ids := person.ids(label)):
            named |= Q(**{f"{path}__in" if path else "pk__in": ids})
    return apps.get_model(entry.model)._base_manager.filter(named)


def collect(person: Person) -> dict:
    """{"made_at", "who", "fields": {name: {"title", "why", "kept_for", "basis", "values", "note"}}, "records", "trail",
    "places"}.

    Every field of the inventory is in it, those without a value as well. JSON-ready by DjangoJSONEncoder.
    """
    mentions = Replacements(person, {row.pk: "" for row, _, _ in person.references()})
    searched = {entry.name for entry in mention_fields()}
    return {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "who": [str(row) for row in [person.account, *(row for rows in person.rows.values() for row in rows)] if row],
        "fields": {entry.name: _field(entry, person, mentions, searched) for entry in inventory.personal_fields()},
        "records": {name: [_row(row) for row in rows(person)] for name, rows in records.items()},
        "trail": _trail(person),
        "readings": _readings(person),
        "places": [
            {"where": place.name, "what": place.holds, "how_long": place.kept_for} for place in inventory.places()
        ],
    }


def _field(entry: PersonalField, person: Person, mentions: Replacements, searched: set[str]) -> dict:
    told = {"title": words_by_name(entry.name)} | {
        "why": entry.why,
        "kept_for": entry.kept_for,
        "basis": entry.basis.value,
        "values": [],
        "note": "",
    }
    if entry.is_secret:
        return told | {"note": NOT_TOLD}
    if not entry.about and entry.name not in searched:
        return told | {"note": OTHERS if entry.model != "accounts.AuditEvent" else "See the trail below."}
    values = {}
    if entry.about:
        for row in rows_about(entry, person):
            values[row.pk] = _plain(getattr(row, entry.field))
    if entry.name in searched:
        for row in rows_in_scope(apps.get_model(entry.model), person).order_by("pk").iterator(chunk_size=500):
            parts = _parts(getattr(row, entry.field), mentions.of(row))
            if parts and row.pk not in values:
                values[row.pk] = parts[0] if len(parts) == 1 else parts
    return told | {
        "values": [{"row": str(pk), "value": value} for pk, value in values.items() if value not in ("", None)]
    }


def _parts(value, names) -> list:
    """The smallest parts of a text or of JSON that name the person."""
    if isinstance(value, dict):
        own = {key: each for key, each in value.items() if not isinstance(each, dict | list)}
        if names.value(own) != own:
            return [value]
        return [part for each in value.values() if isinstance(each, dict | list) for part in _parts(each, names)]
    if isinstance(value, list):
        return [part for each in value for part in _parts(each, names)]
    if isinstance(value, bytes | memoryview):
        lines = bytes(value).decode("utf-8", "replace").splitlines()
        return [line for line in lines if names.text(line) != line]
    return [value] if isinstance(value, str) and names.text(value) != value else []


def _plain(value):
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value.wkt if hasattr(value, "wkt") else value


def _row(row: models.Model) -> dict:
    """Every column of a row but secrets."""
    secret = {entry.field for entry in inventory.personal_fields(type(row)) if entry.is_secret}
    return {one.attname: _plain(getattr(row, one.attname)) for one in row._meta.fields if one.name not in secret}


def _trail(person: Person) -> list[dict]:
    """What the person did, as the trail has it, the latest first."""
    if person.account is None:
        return []
    pseudonym = ActorPseudonym.objects.filter(user=person.account).first()
    if pseudonym is None:
        return []
    events = AuditEvent.objects.filter(actor_kind="user", actor_id=str(pseudonym.actor_id)).order_by("-sequence")
    return [
        {
            "at": event.occurred_at.isoformat(timespec="seconds"),
            "action": event.action,
            "words": action_text(event.action),
            "about": event.target_type,
        }
        for event in events.iterator(chunk_size=1_000)
    ]


def _readings(person: Person) -> list[dict]:
    """Who was shown data of the person, as the trail has it, the latest first. Readers by pseudonym: they are people,
    too; administrators can say who it was.
    """
    ids = {pk for _, pk in person.subjects()}
    for organisation in person.organisations:
        for label, pk in person.subjects():
            subject = subject_of(organisation, label, pk)
            ids.update(subject.ids if subject else ())
    return [
        {
            "at": event.occurred_at.isoformat(timespec="seconds"),
            "by": event.actor_id,
            "shown": page_text(event.details.get("page", "")),
            "people": event.details.get("number"),
        }
        for event in readings_of(sorted(ids)).iterator(chunk_size=1_000)
    ]


def as_zip(told: dict) -> bytes:
    """data.json (all of it), data.html (to read), data.csv (field, row, value)."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(told, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
        archive.writestr("data.html", render_to_string("accounts/privacy/copy.html", {"told": told}))
        archive.writestr("data.csv", _csv(told))
    return content.getvalue()


def _csv(told: dict) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["what", "row", "value"])
    for name, found in told["fields"].items():
        for each in found["values"]:
            writer.writerow([name, each["row"], _cell(each["value"])])
    return lines.getvalue()


def _cell(value) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = value if isinstance(value, str) else json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
