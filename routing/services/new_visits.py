"""One visit more, at a postcode or in an area: an urgent one, or a booking."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.csv_cells import REFERENCE
from routing.csv_files import BadRow
from routing.models import Visit, VisitTier
from routing.places import Places, decile_of
from routing.visit_files import MINUTES

from .visit_rows import store_visits


@dataclass(frozen=True)
class NewVisit:
    """A visit that somebody typed in. `postcode` or `area_code` says where; `tier` None: that of the area's class.
    `window`: opening and latest start. `reference`: opaque; blank: one is made up, beginning with `prefix`.
    """

    minutes: int
    postcode: str = ""
    area_code: str = ""
    skills: tuple = ()
    tier: int | None = None
    window: tuple[datetime, datetime] | None = None
    staff_required: int = 1
    reference: str = ""
    prefix: str = "urgent"


def unsaved_visit(*, team, day: date, asked: NewVisit) -> Visit:
    """The visit as a row that is not stored, its place looked up. ValidationError by field for what cannot be."""
    if not MINUTES[0] <= asked.minutes <= MINUTES[1]:
        raise ValidationError({"minutes": f"A visit takes {MINUTES[0]} to {MINUTES[1]} minutes, not {asked.minutes}."})
    if asked.window and asked.window[1] < asked.window[0]:
        raise ValidationError({"window": "The window ends before it begins."})
    where = {"postcode": asked.postcode.strip(), "area_code": asked.area_code.strip()}
    places = Places([where], team.organisation)
    try:
        area, postcode, point = places.find(where)
    except BadRow as error:
        key = "postcode" if where["postcode"] or not where["area_code"] else "area_code"
        raise ValidationError({key: f"This place cannot be used: {error}."}) from None
    priority, decile = places.priorities.get(area.pk), decile_of(area)
    if asked.tier is None and priority is None:
        raise ValidationError({"tier": "The area has no priority yet: choose a tier."})
    return Visit(
        organisation=team.organisation,
        team=team,
        reference=_reference(team, day, asked),
        day=day,
        area=area,
        postcode=postcode,
        point=point,
        minutes=asked.minutes,
        window_start=asked.window and asked.window[0],
        window_end=asked.window and asked.window[1],
        staff_required=asked.staff_required,
        tier=asked.tier or VisitTier.of(priority, decile),
        priority=priority,
        imd_decile=decile,
        source=Visit.Source.MANUAL,
    )


@transaction.atomic
def create_visit(*, team, day: date, asked: NewVisit, by) -> Visit:
    """One open visit of the team. ValidationError by field: a place that is not known or not in England, minutes out of
    range, a reference that is taken.
    """
    visit = unsaved_visit(team=team, day=day, asked=asked)
    if Visit.objects.filter(team=team, day=day, reference=visit.reference).exists():
        raise ValidationError({"reference": f"{visit.reference} is another visit of that day."})
    store_visits([visit], skills=[list(asked.skills)])
    audit.record(
        action="visit.created",
        by=by,
        organisation=team.organisation,
        target=visit,
        details={"day": str(day), "tier": visit.tier, "minutes": visit.minutes},
    )
    return Visit.objects.for_organisation(team.organisation).for_display().get(pk=visit.pk)


def _reference(team, day, asked) -> str:
    if asked.reference:
        if not REFERENCE.fullmatch(asked.reference):
            raise ValidationError(
                {"reference": "A reference is letters, digits, points, hyphens and slashes, 40 at most; no names."}
            )
        return asked.reference
    taken = set(
        Visit.objects.filter(team=team, day=day, reference__startswith=asked.prefix).values_list("reference", flat=True)
    )
    number = 1
    while f"{asked.prefix}-{number}" in taken:
        number += 1
    return f"{asked.prefix}-{number}"
