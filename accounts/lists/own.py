"""API keys of an organisation with their use, and one's own messages."""

from collections.abc import Sequence

from ..credentials.presenters import KeyRow, UsageDay
from ..list_files import Column, Kind, ListFile, Notes

KEY_COLUMNS = (
    Column("system", "Name of the key, after the system that uses it", value="key.name"),
    Column("begins_with", "The part of the key that is no secret", Kind.CODE, "shown"),
    Column("state", "In use, revoked, expired or resting", value="state"),
    Column("rights", "What it may do, with semicolons", value=lambda row: "; ".join(row.scopes)),
    Column("networks", "From where it may be used; empty: anywhere", value=lambda row: "; ".join(row.key.networks)),
    Column("requests_a_minute", "How many requests a minute it may make", Kind.WHOLE, "key.requests_per_minute"),
    Column("made_by", "Who made it", value=lambda row: str(row.key.made_by or "account is gone")),
    Column("made_at", "When", Kind.MOMENT, "key.created_at"),
    Column("last_used", "Last request; empty: never", Kind.MOMENT, "key.last_used_at"),
    Column("expires", "When it ends", Kind.MOMENT, "key.expires_at"),
)
USE_COLUMNS = (
    Column("day", "Day of the requests", Kind.DATE, "day"),
    Column("requests", "All requests", Kind.WHOLE, "requests"),
    Column("refused", "Answers of 400 to 499", Kind.WHOLE, "refused"),
    Column("faults", "Answers of 500 and above", Kind.WHOLE, "faults"),
    Column("by_status", "Numbers by status of the answer", value="statuses"),
)
MESSAGE_COLUMNS = (
    Column("when", "When it was written", Kind.MOMENT, "created_at"),
    Column("message", "What it says", value="text"),
    Column("organisation", "Of which organisation", value=lambda one: str(one.organisation or "")),
    Column("read_at", "When you marked it as read; empty: not yet", Kind.MOMENT, "read_at"),
)


def key_list(organisation, rows: Sequence[KeyRow]) -> ListFile:
    notes = Notes("API keys of this portal; secrets are not kept", readers="administrators of the organisation")
    return ListFile("api-keys", f"API keys of {organisation}", KEY_COLUMNS, rows, notes, place=str(organisation))


def use_list(key, days: Sequence[UsageDay]) -> ListFile:
    more = ["The last 30 days, a minute behind. Calls refused before the key was accepted are not counted."]
    notes = Notes("Requests with this key", readers="administrators of the organisation", more=more)
    return ListFile("api-key-use", f"Use of the API key {key.name}", USE_COLUMNS, days, notes, place=key.name)


def message_list(messages, filters: Sequence[str]) -> ListFile:
    notes = Notes("Your messages in this portal", filters, "you alone")
    return ListFile("notifications", "Your notifications", MESSAGE_COLUMNS, messages, notes)
