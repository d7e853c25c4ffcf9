"""The quick test of places against the timetable: never a place ruled out that would do, and exact on common days."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.engines.greedy import Days as Timetables
from routing.planning.engines.greedy import first_orders
from routing.planning.instances import home_visits
from routing.planning.openings import Openings
from routing.planning.slack import NEVER, Days
from routing.planning.trials import untimed

from .made_plans import made_plan, ways_to_add
from .small_days import problems


@examples(60)
@given(problems(most_visits=6), st.integers(0, 999))
def test_no_place_is_ruled_out_that_the_judge_accepts(problem, seed):
    problem = replace(problem, visits=tuple(replace(visit, staff_required=1) for visit in problem.visits))
    orders = made_plan(problem, seed, share=0.8)
    rows = [(person, [problem.visit_by_id[name] for name in orders[person.id]]) for person in problem.staff]
    days = Days(problem, rows)
    for visit in problem.visits:
        if any(visit.id in names for names in orders.values()):
            continue
        openings = Openings(days, visit)
        for way in ways_to_add(problem, orders, visit):
            verdict = check(problem, untimed(way))
            if any(violation.rule != "required" for violation in verdict.violations):
                continue
            row, place = next(
                (i, way[p.id].index(visit.id)) for i, p in enumerate(problem.staff) if visit.id in way[p.id]
            )
            start = next(s for name, s in verdict.facts[problem.staff[row].id].starts if name == visit.id)
            assert openings.fits[row, place]
            assert openings.earliest_start[row, place] <= start <= openings.latest_start[row, place]


CHANGES = {
    "shift_end": lambda person, visit, by: (replace(person, shift=(person.shift[0], person.shift[1] + by)), visit),
    "shift_start": lambda person, visit, by: (replace(person, shift=(person.shift[0] - by, person.shift[1])), visit),
    "window_end": lambda person, visit, by: (person, _window(visit, 0, by)),
    "window_start": lambda person, visit, by: (person, _window(visit, -by, 0)),
}


def _window(visit, earlier, later):
    ((opens, closes),) = visit.windows
    return replace(visit, windows=((opens + earlier, closes + later),))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_on_a_team_s_day_every_place_and_every_missing_second_is_exact(seed):
    problem = home_visits(50, 5, seed, tightness=1.3)
    timetables = Timetables(problem, first_orders(problem))
    days = Days(problem, [(person, timetables.routes[person.id]) for person in problem.staff])
    served = {visit.id for visits in timetables.routes.values() for visit in visits}
    for visit in [visit for visit in problem.visits if visit.id not in served][:5]:
        openings = Openings(days, visit)
        missing = {
            "shift_end": openings.shift_end_missing,
            "shift_start": openings.shift_start_missing,
            "window_end": openings.window_end_missing(0),
            "window_start": openings.window_start_missing(0),
        }
        for row, person in enumerate(problem.staff):
            visits = timetables.routes[person.id]
            for place in range(len(visits) + 1):

                def fits(kind, by, person=person, visits=visits, place=place, visit=visit):
                    who, what = CHANGES[kind](person, visit, int(by))
                    return timetables.fits(who, [*visits[:place], what, *visits[place:]])

                assert openings.fits[row, place] == fits("shift_end", 0)
                for kind, seconds in missing.items():
                    least = seconds[row, place]
                    if least == NEVER:
                        assert not fits(kind, 86_400)
                    else:
                        assert fits(kind, least)
                        assert least == 0 or not fits(kind, least - 1)
