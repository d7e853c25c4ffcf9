import numpy as np

from routing.planning.instances import SKILLS, home_visits
from routing.planning.reasons import impossible_visits


def test_the_same_seed_gives_the_same_day_and_another_seed_another():
    one, again, other = home_visits(30, 4, 1), home_visits(30, 4, 1), home_visits(30, 4, 2)
    assert one.visits == again.visits
    assert one.staff == again.staff
    assert (one.duration == again.duration).all()
    assert one.visits != other.visits


def test_a_day_looks_like_one():
    problem = home_visits(100, 10, seed=1, tiers=True)
    assert problem.tiers == (1, 2, 3, 4)
    assert {skill for person in problem.staff for skill in person.skills} == set(SKILLS)
    assert problem.duration.dtype == np.int64
    assert (np.diag(problem.duration) == 0).all()
    assert len(impossible_visits(problem)) < 5
    assert all(900 <= visit.service <= 3600 for visit in problem.visits)
