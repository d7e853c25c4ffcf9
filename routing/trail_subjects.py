"""People of visit planning, as the audit trail asks for them: who they are, and whose work somebody does."""

from datetime import timedelta
from uuid import UUID

from accounts.models import ActorPseudonym
from accounts.trail.readers import Subject, register_subject
from accounts.trail.unusual import DAYS_BEFORE, count_foreign_people_with

from .civil_time import today
from .models import CaseloadEntry, RoutePlan, StaffMember, Team, Visit

# The newest visits of somebody on a caseload that are looked for in the trail.
MOST_VISITS = 500


def _staff(organisation, pk: str) -> Subject | None:
    person = StaffMember.objects.for_organisation(organisation).filter(pk=UUID(pk)).first()
    if person is None:
        return None
    return Subject("routing.staffmember", pk, person.display_name, (str(person.pk),))


def _entry(organisation, pk: str) -> Subject | None:
    """Somebody on a caseload; whoever saw one of their visits saw them."""
    entry = CaseloadEntry.objects.for_organisation(organisation).filter(pk=UUID(pk)).first()
    if entry is None:
        return None
    visits = Visit.objects.filter(caseload_entry=entry).order_by("-day").values_list("pk", flat=True)[:MOST_VISITS]
    ids = (str(entry.pk), *(str(visit) for visit in visits))
    return Subject("routing.caseloadentry", pk, entry.reference, ids)


def _visit(organisation, pk: str) -> Subject | None:
    """Whoever is visited under one reference: all visits of the team to them, and their entry on the caseload."""
    visit = Visit.objects.for_organisation(organisation).filter(pk=UUID(pk)).first()
    if visit is None:
        return None
    same = Visit.objects.filter(team=visit.team_id, reference=visit.reference).order_by("-day")
    ids = {str(one) for one in same.values_list("pk", flat=True)[:MOST_VISITS]} | {str(visit.pk)}
    if visit.caseload_entry_id:
        ids.add(str(visit.caseload_entry_id))
    return Subject("routing.visit", pk, visit.reference, tuple(sorted(ids)))


def count_foreign(organisation, actor: str, subjects: set[str]) -> int:
    """How many of the people belong to teams in which the person of the pseudonym neither works nor plans.

    Nobody's where the person works and plans nowhere: who looks after all teams has no team of their own.
    """
    known = ActorPseudonym.objects.filter(actor_id=actor).first() if organisation is not None else None
    if known is None:
        return 0
    teams = Team.objects.for_organisation(organisation)
    since = today() - timedelta(days=DAYS_BEFORE)
    plans = RoutePlan.objects.for_organisation(organisation).filter(created_by=known.user_id, day__gte=since)
    own = set(teams.filter(staff__user=known.user_id).values_list("pk", flat=True))
    own |= set(plans.values_list("team", flat=True))
    if not own:
        return 0
    ids = [subject for subject in subjects if len(subject) == 36]
    foreign = [
        rows.for_organisation(organisation).filter(pk__in=ids).exclude(team__in=own).count()
        for rows in (Visit.objects, CaseloadEntry.objects)
    ]
    return sum(foreign)


def register() -> None:
    register_subject("routing.staffmember", _staff)
    register_subject("routing.caseloadentry", _entry)
    register_subject("routing.visit", _visit)
    count_foreign_people_with(count_foreign)
