"""Visits of a day: made from the priorities of areas, or taken from a file."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q

from accounts import audit
from routing import due_visits
from routing.civil_time import instant
from routing.models import PlanState, Skill, Visit, VisitLink
from routing.visit_files import ParsedVisit, VisitFile, whole_links

from .visit_rows import store_links, store_visits

# What the planner was measured with.
MAX_VISITS = 10_000
# Opening and latest start of the two half-days, and how often each is asked for; the others may be at any time.
HALF_DAYS = ((0.25, time(8, 0), time(11, 30)), (0.20, time(13, 0), time(16, 0)))
# Some visits need a particular time whatever the draw.
TIMED_SKILLS = {"insulin": (time(8, 0), time(10, 0))}
SHARE_WITHOUT_SKILL = 0.35
# Plans whose visits a file must not change any more.
BUSY_STATES = (PlanState.OPTIMISING, PlanState.PROPOSED, *PlanState.binding())


class NoVisits(ValidationError):
    """There is nothing to make visits from; the message says why."""


@dataclass
class VisitIntake:
    """Visits for a plan, and where they came from (`report`: plain values, stored with the plan)."""

    visits: list[Visit]
    report: dict = field(default_factory=dict)


@transaction.atomic
def make_visits_from_priorities(*, team, day: date, count: int, by) -> VisitIntake:
    """Up to `count` visits for what falls due on the day in the team's patch, the most urgent areas first.

    Visits that approved plans have put off are due since they first were. When fewer fall due than asked for, those due
    on the next days are brought forward. Persons whose visit is in an approved plan of that day are left out; open
    visits that exist already are taken again. NoVisits when the patch has no scored areas.
    """
    if not 1 <= count <= MAX_VISITS:
        raise ValidationError(f"Ask for 1 to {MAX_VISITS:,} visits.")
    demands, unscored = due_visits.area_demands(team.patch)
    if not demands:
        raise NoVisits(f"No area of {team.patch} has a priority yet. Areas are scored after data has been loaded.")
    existing = {visit.reference: visit for visit in Visit.objects.filter(team=team, day=day)}
    chosen = []
    for due in due_visits.due_visits(demands, day, due_visits.histories(team, day)):
        known = existing.get(due.reference)
        if known is None or known.state == Visit.State.OPEN:
            chosen.append(due)
        if len(chosen) == count:
            break
    new = [due for due in chosen if due.reference not in existing]
    made = _store_due(new, team=team, day=day)
    kept = [existing[due.reference] for due in chosen if due.reference in existing]
    audit.record(
        action="visits.made_from_priorities",
        by=by,
        organisation=team.organisation,
        target=team,
        details={"day": str(day), "asked": count, "new": len(made), "kept": len(kept)},
    )
    report = {
        "source": Visit.Source.PRIORITY,
        "asked": count,
        "areas": due_visits.summary(chosen),
        "areas_without_score": unscored,
        "brought_forward_days": chosen[-1].due_in if chosen else 0,
        "residents_per_person": due_visits.RESIDENTS_PER_PERSON,
    }
    return VisitIntake(visits=[*kept, *made], report=report)


@transaction.atomic
def import_visits(*, team, day: date, file: VisitFile, by) -> VisitIntake:
    """The good rows of a parsed file as visits, each on its own day (`day`: the first of them); bad rows are kept with
    line and reason and never stop the good ones.

    A row whose reference has a visit in a draft of its day replaces it; one in a proposed or approved plan is refused.
    NoVisits when no row is left.
    """
    last = max((row.day for row in file.rows), default=day)
    of_days = Visit.objects.filter(team=team, day__range=(day, last))
    existing = {(visit.reference, visit.day): visit for visit in of_days}
    busy = set(of_days.filter(plans__state__in=BUSY_STATES).values_list("reference", "day"))
    rejected, accepted = list(file.rejected), []
    for row in file.rows:
        if row.key in busy:
            rejected.append({"line": row.line, "reason": "this visit is in another plan of that day already"})
        else:
            accepted.append(row)
    accepted = whole_links(accepted, rejected)
    if not accepted:
        raise NoVisits(_nothing_left(rejected))
    made = _store_rows(accepted, existing, team=team)
    audit.record(
        action="visits.imported",
        by=by,
        organisation=team.organisation,
        target=team,
        details={"day": str(day), "sha256": file.sha256, "accepted": len(made), "rejected": len(rejected)},
    )
    report = {
        "source": Visit.Source.CSV,
        "rows": len(file.rows) + len(file.rejected),
        "accepted": len(made),
        "rejected": sorted(rejected, key=lambda entry: entry["line"]),
    }
    return VisitIntake(visits=made, report=report)


def _nothing_left(rejected) -> str:
    first = "; ".join(f"line {entry['line']}: {entry['reason']}" for entry in rejected[:5])
    return f"No row of the file could be taken. {first}"


def _store_due(due: list, *, team, day) -> list[Visit]:
    offer = _skill_offer(team)
    windows = _windows(day)
    visits, needs = [], []
    for visit, (postcode, point) in zip(due, due_visits.places(due), strict=True):
        demand, dice = visit.demand, visit.dice
        skill = _draw_skill(dice, offer)
        window = windows(dice, skill)
        visits.append(
            Visit(
                organisation=team.organisation,
                team=team,
                reference=visit.reference,
                day=day,
                area=demand.area,
                postcode=postcode,
                point=point,
                minutes=demand.minutes,
                window_start=window and window[0],
                window_end=window and window[1],
                tier=demand.tier,
                priority=demand.priority,
                imd_decile=demand.imd_decile,
                first_due=visit.first_due,
                clinical_limit=visit.clinical_limit,
                source=Visit.Source.PRIORITY,
            )
        )
        needs.append([skill] if skill else [])
    return store_visits(visits, skills=needs)


def _store_rows(rows: list[ParsedVisit], existing: dict[tuple, Visit], *, team) -> list[Visit]:
    """Drafts hold the visits of an earlier try with a file: those are changed in place, the newest row is meant."""
    visits = [
        Visit(
            id=existing[row.key].pk if row.key in existing else uuid.uuid4(),
            organisation=team.organisation,
            team=team,
            reference=row.reference,
            day=row.day,
            area=row.area,
            postcode=row.postcode,
            point=row.point,
            minutes=row.minutes,
            window_start=row.window and row.window[0],
            window_end=row.window and row.window[1],
            tier=row.tier,
            priority=row.priority,
            imd_decile=row.imd_decile,
            late_minutes=row.late_minutes,
            staff_required=row.staff_required,
            first_due=row.first_due,
            clinical_limit=row.clinical_limit,
            earliest_day=row.earliest_day,
            latest_day=row.latest_day,
            source=Visit.Source.CSV,
        )
        for row in rows
    ]
    made = store_visits(
        visits,
        skills=[row.skills for row in rows],
        preferred_staff=[row.preferred_staff for row in rows],
        excluded_staff=[row.excluded_staff for row in rows],
        plus_groups=[row.plus_groups for row in rows],
    )
    store_links(made, _links(rows, {(visit.reference, visit.day): visit for visit in made}))
    return made


def _links(rows: list[ParsedVisit], visits: dict[tuple, Visit]) -> list[VisitLink]:
    return [
        VisitLink(
            first=visits[row.link.first, row.link.first_day],
            second=visits[row.key],
            min_gap_minutes=row.link.min_gap,
            max_gap_minutes=row.link.max_gap,
            same_staff=row.link.same_staff,
            different_staff=row.link.different_staff,
            together=row.link.together,
        )
        for row in rows
        if row.link
    ]


def _skill_offer(team) -> list[tuple[Skill, int]]:
    """Skills of the team with the number of people who have each: demand that nobody can meet would teach nothing."""
    held = Skill.objects.for_organisation(team.organisation).annotate(
        holders=Count("staff", filter=Q(staff__team=team, staff__is_active=True))
    )
    return [(skill, skill.holders) for skill in held.order_by("code") if skill.holders]


def _draw_skill(dice: random.Random, offer) -> Skill | None:
    if not offer or dice.random() < SHARE_WITHOUT_SKILL:
        return None
    return dice.choices([skill for skill, _ in offer], weights=[holders for _, holders in offer])[0]


def _windows(day):
    """A function (dice, skill) -> (opening, latest start) as instants, or None for any time."""

    def draw(dice, skill):
        if skill and skill.code in TIMED_SKILLS:
            return tuple(instant(day, at) for at in TIMED_SKILLS[skill.code])
        chance = dice.random()
        for share, opens, closes in HALF_DAYS:
            if chance < share:
                return instant(day, opens), instant(day, closes)
            chance -= share
        return None

    return draw
