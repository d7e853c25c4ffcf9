"""What ties a stop to other stops: colleagues at the same visit, and gaps to visits before or after, in words."""

from collections import defaultdict

from django.db.models import Q

from routing.civil_time import clock
from routing.models import VisitLink

from .wording import duration


class Bonds:
    """Of one plan: `assignments` come with people and stops. One query, however many stops there are."""

    def __init__(self, plan, assignments):
        self.at_visit: dict = defaultdict(list)
        for assignment in assignments:
            for stop in assignment.stops.all():
                if stop.visit_id is not None:
                    self.at_visit[stop.visit_id].append((assignment.staff, stop))
        # Either end may have been left out, or stand in another plan of the day: it is named without a time.
        found = VisitLink.objects.for_organisation(plan.organisation).filter(first__plans=plan, second__plans=plan)
        self.links: dict = defaultdict(list)
        for link in found.select_related("first", "second").order_by("pk"):
            self.links[link.first_id].append((link, link.second))
            self.links[link.second_id].append((link, link.first))

    def colleagues(self, visit_id, staff) -> list:
        """The others who are at the visit together with this person."""
        return [person for person, _ in self.at_visit[visit_id] if person.pk != staff.pk]

    def words(self, visit) -> list[str]:
        """E.g. "at least 2 h after V-3 (09:10, Asha Begum)"."""
        return [link_words(link, visit, self._named(other)) for link, other in self.links[visit.pk]]

    def _named(self, other) -> str:
        served = self.at_visit[other.pk]
        if not served:
            return f"{other.reference} (not in this plan)"
        staff, stop = served[0]
        return f"{other.reference} ({clock(stop.starts_at)}, {staff.display_name})"


class LinksOf:
    """Links of some visits, whatever plan they are in; one query."""

    def __init__(self, visits):
        known = {visit.pk: visit for visit in visits}
        found = VisitLink.objects.filter(Q(first__in=known) | Q(second__in=known))  # unscoped: of visits at hand
        self.of_visit: dict = defaultdict(list)
        for link in found.select_related("first", "second").order_by("pk"):
            for visit, other in ((link.first, link.second), (link.second, link.first)):
                if visit.pk in known:
                    self.of_visit[visit.pk].append((link, other))

    def rows(self, visit) -> list[dict]:
        """Each link of the visit with its words and the other visit."""
        return [
            {"link": link, "other": other, "text": link_words(link, visit, other.reference)}
            for link, other in self.of_visit[visit.pk]
        ]

    def words(self, visit) -> list[str]:
        return [row["text"] for row in self.rows(visit)]


def link_words(link, visit, other: str) -> str:
    """From the side of `visit`; `other`: how the other visit is called."""
    parts = [gap_words(link, is_second=link.second_id == visit.pk, other=other)]
    if link.same_staff:
        parts.append("the same person")
    if link.different_staff:
        parts.append("another person")
    if link.together:
        parts.append("both or neither")
    return ", ".join(parts)


def gap_words(link, *, is_second: bool, other: str) -> str:
    """The gap from this visit's side; gaps are start to start and may be negative, which turns the order round."""
    least, most = link.min_gap_minutes, link.max_gap_minutes
    if not is_second:
        least, most = (None if most is None else -most), (None if least is None else -least)
    if least is None and most is None:
        return f"belongs to {other}"
    if least is not None and least == most:
        return f"at the same time as {other}" if not least else f"exactly {_apart(least)} {other}"
    if least is not None and least >= 0:
        first = f"not before {other}" if not least else f"not before {_apart(least)} {other}"
        return first if most is None else f"{first}, at most {duration(most * 60)} after it"
    if most is not None and most <= 0:
        first = f"not later than {other}" if not most else f"not later than {_apart(most)} {other}"
        return first if least is None else f"{first}, at most {duration(-least * 60)} before it"
    bounds = [f"not earlier than {_apart(least)} {other}"] if least is not None else []
    bounds += [f"not later than {_apart(most)} {other}"] if most is not None else []
    return ", ".join(bounds)


def _apart(minutes: int) -> str:
    return f"{duration(abs(minutes) * 60)} {'after' if minutes >= 0 else 'before'}"
