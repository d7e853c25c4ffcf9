"""What a person is who is visited, to copies, erasure and legal holds: an entry of a caseload, known by a reference.

Visits of the same team under the same reference are the same person, whether they were made from the caseload or not.
"""

from django.db.models import OuterRef, Q, Subquery

from accounts.privacy.subjects import ErasureDuty, Person, PersonKind, register_duty, register_kind, register_records
from lsoa.models import Area

from .civil_time import today
from .models import CaseloadEntry, RoundEvent, RouteAssignment, RouteStop, Visit, VisitRecord
from .services.people import HOLDING

PATIENT = "routing.caseloadentry"


def visits_of(person: Person):
    """Every visit to the person: a QuerySet."""
    named = Q(pk__in=[])
    for entry in person.rows.get(PATIENT, []):
        named |= Q(caseload_entry=entry.pk) | Q(team=entry.team_id, reference__iexact=entry.reference)
    return Visit.objects.filter(named)


def obstacles(person: Person) -> list[str]:
    """Plans of today and later that reckon with a visit to the person."""
    held = visits_of(person).filter(plans__state__in=HOLDING, plans__day__gte=today())
    return [
        f"The plan {name} of {day:%-d %B %Y} has a visit to this person. Take the visit out, or close the plan, first."
        for name, day in held.values_list("plans__name", "plans__day").distinct()
    ]


def erase(person: Person, *, pseudonyms: dict, by) -> dict[str, int]:
    """Rounds keep how many were visited, in which area and when; nothing says who it was, or where they live."""
    entries = person.rows.get(PATIENT, [])
    if not entries:
        return {}
    visits = list(visits_of(person).values_list("pk", flat=True))
    counts = {"routing.RoundEvent": forget_notes(RoundEvent.objects.filter(visit__in=visits))}
    counts["routing.VisitRecord"] = VisitRecord.objects.filter(visit__in=visits).exclude(note="").update(note="")
    forget_ways(RouteAssignment.objects.filter(stops__visit__in=visits))
    for entry in entries:
        for visit in visits_of(Person(None, {PATIENT: [entry]})):
            visit.preferred_staff.clear()
            visit.excluded_staff.clear()
            Visit.objects.filter(pk=visit.pk).update(reference=pseudonyms[entry.pk], caseload_entry=None)
    counts["routing.Visit"] = blur(Visit.objects.filter(pk__in=visits))
    counts["routing.CaseloadEntry"] = CaseloadEntry.objects.filter(pk__in=[entry.pk for entry in entries]).delete()[0]
    return counts


def forget_notes(events) -> int:
    """An event that is nothing but a note goes; of others the words go."""
    notes, others = events.filter(kind=RoundEvent.Kind.NOTE), events.exclude(kind=RoundEvent.Kind.NOTE)
    return others.exclude(note="").update(note="") + notes.delete()[0]


def forget_ways(assignments) -> int:
    """Ways begin or end at somebody's door: those of whole rounds go."""
    keys = list(assignments.values_list("pk", flat=True).distinct())
    RouteAssignment.objects.filter(pk__in=keys).update(return_path=None)
    return RouteStop.objects.filter(assignment__in=keys).update(path=None)


def blur(visits) -> int:
    """The middle of the area in place of the home."""
    centre = Area.objects.filter(pk=OuterRef("area")).values("centroid")
    return visits.update(postcode="", point=Subquery(centre))


def is_reference_telling(row) -> bool:
    """Whether nobody else of the same kind in the organisation has the reference of a person or entry."""
    others = type(row).objects.for_organisation(row.organisation).exclude(pk=row.pk)
    return not others.filter(reference__iexact=row.reference).exists()


def register() -> None:
    register_kind(
        PersonKind(
            label=PATIENT,
            words="somebody on a caseload",
            of_user=lambda user: [],
            scoped=lambda organisation: CaseloadEntry.objects.for_organisation(organisation),
            organisation_of=lambda entry: entry.organisation,
            names_of=lambda entry: [entry.postcode],
            reference_of=lambda entry: entry.reference,
            is_reference_telling=is_reference_telling,
            account_of=lambda entry: None,
        )
    )
    register_records("visits to the person", visits_of)
    register_duty("routing: people who are visited", ErasureDuty(obstacles=obstacles, erase=erase))
