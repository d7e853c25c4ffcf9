"""Who usually visits a person: the one who came last. Continuity of carer is a quality element of district nursing
(Maybin, Charles, Honeyman 2016, Understanding quality in district nursing services, The King's Fund).
"""

from datetime import date, timedelta

from .models import PlanState, RouteStop

# Whoever came longer ago is no longer known to the person.
DAYS_REMEMBERED = 200


def usual_carers(team, day: date, references) -> dict[str, str]:
    """Reference of the staff member who did the last visit before `day` in an approved plan, by reference of the visit.

    Persons who have not been visited by this team within the days remembered are left out.
    """
    stops = (
        RouteStop.objects.for_organisation(team.organisation)
        .filter(
            visit__team=team,
            visit__reference__in=references,
            visit__day__lt=day,
            visit__day__gte=day - timedelta(days=DAYS_REMEMBERED),
            assignment__plan__state__in=PlanState.binding(),
        )
        .order_by("visit__day", "starts_at")
    )
    return dict(stops.values_list("visit__reference", "assignment__staff__reference"))
