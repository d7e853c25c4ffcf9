"""What served visits cost those who are visited and those who drive, by deprivation quintile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.small_numbers import RULE, groups_to_hide, published_share
from routing.planning.check import Verdict
from routing.planning.problem import Problem
from routing.planning.solution import VisitStop

UNKNOWN = 0


@dataclass(frozen=True, slots=True)
class Journey:
    """One served visit. `travel`: seconds driven to it; `start`: seconds; `target`: the latest start that was asked
    for, None for any time; `in_preferred_window`, `by_usual_carer`: None where there is none to compare with.
    """

    visit: str
    quintile: int | None
    travel: float
    start: float
    weight: float = 1
    target: float | None = None
    in_preferred_window: bool | None = None
    by_usual_carer: bool | None = None


@dataclass(frozen=True, slots=True)
class BurdenByQuintile:
    """Figures of the served visits of one quintile; all None where `hidden`, means None where nobody has them.

    `travel_minutes`: mean minutes driven to a visit; `preferred_share`, `continuity_share`: among visits with a
    preferred window, a usual carer; `weighted_lateness`: sum of w max(0, start - target) in minutes.
    """

    n: int | None
    travel_minutes: float | None = None
    preferred_share: float | None = None
    continuity_share: float | None = None
    weighted_lateness: float | None = None
    hidden: bool = False


def burden(journeys: Iterable[Journey]) -> dict[int, BurdenByQuintile]:
    """By quintile 1 to 5, and 0 for those not known; quintiles with few served visits are hidden safely.

    A share of few visits with a preference (a usual carer), or of all but few, is left out, and the lateness of few.
    """
    journeys = list(journeys)
    members = {
        quintile: [(each.quintile or UNKNOWN) == quintile for each in journeys] for quintile in (1, 2, 3, 4, 5, UNKNOWN)
    }
    hidden = groups_to_hide(members) if journeys else set()
    return {
        quintile: BurdenByQuintile(None, hidden=True)
        if quintile in hidden
        else _of([each for each, inside in zip(journeys, rows, strict=True) if inside])
        for quintile, rows in members.items()
    }


def _of(journeys):
    if not journeys:
        return BurdenByQuintile(0)
    timed = [each for each in journeys if each.target is not None]
    late = [each.weight * (each.start - each.target) for each in timed if each.start > each.target]
    return BurdenByQuintile(
        n=len(journeys),
        travel_minutes=sum(each.travel for each in journeys) / len(journeys) / 60,
        preferred_share=_share([each.in_preferred_window for each in journeys]),
        continuity_share=_share([each.by_usual_carer for each in journeys]),
        weighted_lateness=None if RULE.is_small(len(late)) else sum(late) / 60,
    )


def _share(answers):
    known = [answer for answer in answers if answer is not None]
    return published_share(sum(known), len(known))


def journeys_of(
    problem: Problem,
    verdict: Verdict,
    quintiles: Mapping[str, int | None],
    *,
    weights: Mapping[str, float] | None = None,
    preferred_windows: Mapping[str, tuple[int, int]] | None = None,
    usual_carers: Mapping[str, str] | None = None,
) -> list[Journey]:
    """The served visits of a judged plan. Mappings are by visit id; what they leave out is not known.

    The drive to a visit is the leg before it, from the base for the first; drives home count for nobody. A preferred
    window is two starts in seconds; without any given, that of the visit is meant where it is soft (late_cost). For a
    double-handed visit the longest drive counts, and either person as its carer.
    """
    found: dict[str, Journey] = {}
    for route in verdict.routes:
        person = problem.staff_by_id[route.staff]
        place = person.start
        for stop in route.stops:
            if not isinstance(stop, VisitStop):
                continue
            visit = problem.visit_by_id[stop.visit]
            travel = 0 if place is None else problem.duration_of(person).item(place, visit.location)
            place = visit.location
            carer = (usual_carers or {}).get(visit.id)
            window = (preferred_windows or {}).get(visit.id) or _soft_window(visit)
            before = found.get(visit.id)
            by_usual = None if carer is None else carer == route.staff or bool(before and before.by_usual_carer)
            found[visit.id] = Journey(
                visit=visit.id,
                quintile=quintiles.get(visit.id),
                travel=max(travel, before.travel if before else 0),
                start=stop.start,
                weight=1 if weights is None else weights[visit.id],
                target=window and window[1],
                in_preferred_window=None if window is None else window[0] <= stop.start <= window[1],
                by_usual_carer=by_usual,
            )
    return list(found.values())


def _soft_window(visit):
    if visit.late_cost is None:
        return None
    return visit.start_windows[0][0], max(closes for _, closes in visit.start_windows)
