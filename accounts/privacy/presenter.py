"""The inventory of personal data in words, for the page and for `list_personal_data`."""

from django.apps import apps
from django.utils import timezone

from ..field_words import words_by_name
from ..models import LegalHold
from . import holds, inventory

COLUMNS = ("what", "why", "basis", "kept_for", "on_erasure", "is_secret")
TITLES = {
    "accounts": "Your account",
    "account": "Signing in",
    "socialaccount": "Signing in with a provider",
    "mfa": "Second factor",
    "sessions": "Signing in: sessions",
    "admin": "Administration of the platform",
    "routing": "Teams, rounds and visits",
    "priorities": "Decisions about priorities",
    "lsoa": "Files that were uploaded",
}


def rows() -> list[dict]:
    """One row of COLUMNS for each field and each place, with `app`."""
    fields = [
        {
            "app": entry.model.split(".")[0],
            "what": words_by_name(entry.name),
            "name": entry.name,
            "why": entry.why,
            "basis": entry.basis.value,
            "kept_for": entry.kept_for,
            "on_erasure": entry.on_erasure.value,
            "is_secret": entry.is_secret,
        }
        for entry in inventory.personal_fields()
    ]
    places = [
        {
            "app": "",
            "what": f"{place.name}: {place.holds}",
            "name": place.name,
            "why": place.why,
            "basis": place.basis.value,
            "kept_for": place.kept_for,
            "on_erasure": place.on_erasure,
            "is_secret": False,
        }
        for place in inventory.places()
    ]
    return fields + places


def tables() -> list[dict]:
    """{"title", "rows"} for each part of the product, places outside of tables last."""
    by_app: dict[str, list[dict]] = {}
    for row in rows():
        by_app.setdefault(row["app"], []).append(row)
    outside = by_app.pop("", [])
    told = [
        {"title": TITLES.get(app, apps.get_app_config(app).verbose_name), "rows": rows} for app, rows in by_app.items()
    ]
    return [*told, {"title": "Outside of the database", "rows": outside}]


def hold_row(hold: LegalHold) -> dict:
    """{"hold", "who", "state", "tag"}."""
    if not hold.is_in_force:
        state, tag = ("Released", "") if hold.lifted_at else ("Ended", "")
    elif hold.review_on is not None and hold.review_on <= timezone.localdate():
        state, tag = "Review is due", "her-tag--warning"
    else:
        state, tag = "In force", "her-tag--good"
    return {"hold": hold, "who": holds.name_of(hold), "state": state, "tag": tag}
