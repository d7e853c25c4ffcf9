"""What stands beside an area: similar areas, figures of the country, ICB and local authority, and visits there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse

from lsoa.models import Area, Indicator
from lsoa.reference import reference
from lsoa.similar import METHOD, Similarity
from lsoa.similar.standing import Standing
from priorities.presenters import PriorityTag
from routing.civil_time import today
from routing.models import Visit

from ..selection import areas_with_scores
from . import wording
from .explore_table import area_tag

# Of these a median or a place says nothing.
ORDINAL = ("rank", "decile")
WITH_ALL = 5
DAYS_BACK, MOST_VISITS = 28, 20


@dataclass(frozen=True)
class Medians:
    """Medians of a figure as text, "" where there is none, and the area's own place among all."""

    nation: str = ""
    icb: str = ""
    authority: str = ""
    similar: str = ""
    place: str = ""


@dataclass(frozen=True)
class SimilarRow:
    name: str
    authority: str
    url: str
    compare_url: str
    priority: PriorityTag | None
    distance: str
    differs: str
    gap: str


@dataclass(frozen=True)
class VisitRow:
    """A visit in the area, as the pages of its plan show it."""

    reference: str
    day: object
    state: str
    plan: str
    plan_url: str


def medians(standing: Standing | None, row: Indicator) -> Medians:
    if standing is None:
        return Medians()

    def text(value) -> str:
        return "" if value is None or row.unit == "rank" else wording.figure(value, row.decimals, row.unit)

    place = ""
    if standing.rank is not None and row.unit not in ORDINAL:
        place = f"{_ordinal(standing.rank)} highest of {standing.number:,}"
    return Medians(text(standing.nation), text(standing.icb), text(standing.authority), text(standing.similar), place)


def _ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th, 1,201st; "" for the highest of all, which needs no number."""
    if number == 1:
        return ""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def areas_beside(area: Area, similarity: Similarity) -> list[Area]:
    """Areas that share a border with this one (`touches`) and those that are like it, by name. One query for both."""
    shares_border = Q(geometry__intersects=area.geometry)
    keys = [each.area_id for each in similarity.areas]
    beside = areas_with_scores().filter(shares_border | Q(pk__in=keys)).exclude(pk=area.pk)
    return list(
        beside.annotate(touches=ExpressionWrapper(shares_border, BooleanField()))
        .only("code", "name", "local_authority_name")
        .order_by("name")
    )


def similar_rows(area: Area, similarity: Similarity, beside: Iterable[Area]) -> list[SimilarRow]:
    """The nearest first, each with what distinguishes it most; `beside` holds them all."""
    found = {row.pk: row for row in beside}
    names = reference().names
    return [_similar_row(area, found[each.area_id], each, names) for each in similarity.areas if each.area_id in found]


def _similar_row(area, other, each, names) -> SimilarRow:
    parts = [f"{names.get(code, code)} is {'higher' if gap > 0 else 'lower'}" for code, gap in each.differs]
    return SimilarRow(
        name=other.name,
        authority=other.local_authority_name,
        url=reverse("area", args=[other.code]),
        compare_url=compare_url([area.code, other.code]),
        priority=area_tag(other),
        distance=f"{each.distance:.2f}",
        differs="; ".join(parts) or "Nothing by half a standard deviation",
        gap="" if each.share > 0.999 else f"by {each.share:.0%} of the weight",
    )


def variables_text(similarity: Similarity) -> list[tuple[str, str]]:
    """Group with its weight -> names of its variables, in words."""
    names = reference().names
    total = sum(group.weight for group, _ in similarity.variables)
    return [
        (f"{group.title} ({group.weight / total:.0%} of the weight)", ", ".join(names.get(code, code) for code in some))
        for group, some in similarity.variables
    ]


def method_sentences() -> tuple[str, ...]:
    return METHOD


def compare_url(codes: Iterable[str]) -> str:
    return f"{reverse('compare')}?{urlencode([('area', code) for code in codes])}"


def visits_in(area: Area, organisation) -> list[Visit]:
    """The organisation's visits in the area from four weeks ago on, the newest first; at most one more than shown."""
    visits = Visit.objects.for_organisation(organisation).filter(area=area)
    recent = visits.filter(day__gte=today() - timedelta(days=DAYS_BACK)).select_related("team")
    return list(recent.prefetch_related("plans").order_by("-day", "reference")[: MOST_VISITS + 1])


def visit_rows(visits: Iterable[Visit]) -> list[VisitRow]:
    """Each with the plan that holds it, the newest of several."""
    rows = []
    for visit in visits:
        plans = sorted(
            (plan for plan in visit.plans.all() if plan.state != "rejected"), key=lambda plan: plan.created_at
        )
        plan = plans[-1] if plans else None
        rows.append(
            VisitRow(
                reference=visit.reference,
                day=visit.day,
                state=visit.get_state_display(),
                plan=plan.name if plan else "",
                plan_url=reverse("plan", args=[plan.pk]) if plan else "",
            )
        )
    return rows
