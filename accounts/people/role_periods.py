"""Which roles somebody held from when until when, and who gave and took them: from the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from ..models import AuditEvent, Organisation, User
from ..permissions import Role
from ..presenters import audit_rows
from . import timeline

KNOWN = {role.value: role for role in Role}


@dataclass
class Period:
    """`since` and `given_by` are blank for a role that was held before the trail begins; `until`: held still."""

    role: Role
    since: datetime | None
    given_by: str
    until: datetime | None = None
    taken_by: str = ""


def periods(person: User, organisation: Organisation) -> list[Period]:
    """What is held still first, then the latest. Suspensions leave roles as they are and are not told here."""
    events = list(timeline.roles_of(person, organisation).filter(action__in=("member.roles_granted", "member.removed")))
    found: list[Period] = []
    held: dict[str, Period] = {}
    for event, row in reversed(list(zip(events, audit_rows(events), strict=True))):
        before, after = _roles(event, set(held))
        for role in sorted(before - set(held)):
            held[role] = Period(KNOWN[role], None, "")
            found.append(held[role])
        for role in sorted(set(held) - after):
            period = held.pop(role)
            period.until, period.taken_by = row.occurred_at, row.actor
        for role in sorted(after - set(held)):
            held[role] = Period(KNOWN[role], row.occurred_at, row.actor)
            found.append(held[role])
    found.reverse()
    found.sort(key=lambda period: period.until is not None)
    return found


def _roles(event: AuditEvent, held: set[str]) -> tuple[set[str], set[str]]:
    """Known roles before and after an event."""
    if event.action == "member.removed":
        return held, set()
    return set(event.details.get("from", [])) & set(KNOWN), set(event.details.get("to", [])) & set(KNOWN)
