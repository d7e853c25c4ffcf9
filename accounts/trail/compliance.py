"""The figures of a compliance report: each is a query over the trail, and each leads to the entries behind it."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from ..models import AuditCheck
from .reading import Filter
from .seals import SEALED
from .words import page_text

# What a line counts: actions, or the beginning of actions.
LINES = {
    "Access": [
        ("Sign-ins", ["sign_in.succeeded"]),
        ("Sign-ins that failed or were refused", ["sign_in.failed", "sign_in.refused"]),
        ("Roles given", ["member.roles_granted"]),
        ("Members suspended or removed", ["member.suspended", "member.removed"]),
    ],
    "Decisions on plans": [
        ("Plans approved", ["plan.approved"]),
        ("Plans rejected", ["plan.rejected"]),
        ("Plans published", ["plan.published"]),
        ("Publications taken back", ["plan.publication_withdrawn"]),
    ],
    "Data that left the portal": [
        ("Exports of areas", ["areas.exported"]),
        ("Files of plans", ["plan.file_taken"]),
        ("Exports of this trail", ["audit.exported"]),
    ],
    "Personal data": [("Readings of data of people", ["personal_data.read"])],
}
# Common to all organisations: these events belong to the platform.
PLATFORM_LINES = [
    ("Priority models proposed", "model.proposed"),
    ("Priority models published by a second person", "model.published"),
    ("Priority models brought back into force", "model.restored"),
]


@dataclass(frozen=True)
class Line:
    """One figure; `url` leads to its entries ("" where the reader may not see them)."""

    words: str
    number: int
    url: str = ""


@dataclass(frozen=True)
class Report:
    """What a report says. `gaps` are sentences about what is open, empty when nothing is."""

    since: date
    until: date
    sections: list[tuple[str, list[Line]]]
    readings: list[Line]
    last_check: AuditCheck | None
    full_check: AuditCheck | None
    seals: int
    gaps: list[str] = field(default_factory=list)


def report(organisation, since: date, until: date, *, today: date) -> Report:
    """Figures of `organisation` for the civil days `since` to `until`, both included."""
    asked = Filter(organisation.pk, since=since, until=until)
    numbers = dict(_by_action(asked))
    sections = [
        (heading, [Line(words, sum(numbers.get(action, 0) for action in actions), _address(asked, actions))
                   for words, actions in lines])
        for heading, lines in LINES.items()
    ]  # fmt: skip
    platform = dict(_by_action(replace(asked, organisation_id=None)))
    models = [Line(words, platform.get(action, 0)) for words, action in PLATFORM_LINES]
    sections.insert(2, ("Publications of priority models (common to all organisations)", models))
    last, full = AuditCheck.objects.latest_one(), AuditCheck.objects.latest_full()
    sealed = platform.get(SEALED, 0)
    return Report(since, until, sections, _readings(asked), last, full, sealed, _gaps(last, full, sealed, today))


def _by_action(asked):
    return asked.events().values_list("action").annotate(number=Count("sequence"))


def _readings(asked) -> list[Line]:
    events = replace(asked, action="personal_data.read").events()
    rows = events.values_list("details__page").annotate(number=Count("sequence")).order_by("-number")
    return [Line(page_text(page or ""), number) for page, number in rows]


def _address(asked, actions) -> str:
    group = actions[0].partition(".")[0]
    query = {"since": asked.since, "until": asked.until}
    query |= {"action": actions[0]} if len(actions) == 1 else {"group": group}
    return f"{reverse('audit')}?{urlencode(query)}"


def _gaps(last, full, sealed, today) -> list[str]:
    gaps = []
    if last is not None and not last.is_intact:
        gaps.append(f"The last check found the trail broken. {last.words}")
    if full is None:
        gaps.append("The whole trail has not been checked yet.")
    elif full.checked_at.date() < today - timedelta(days=2):
        gaps.append(f"The whole trail was last checked on {full.checked_at:%d/%m/%Y}; it should be every night.")
    if not sealed:
        gaps.append("No seal was written in this period: entries cut off at the end would not show.")
    return gaps
