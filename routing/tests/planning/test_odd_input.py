"""Any value in any place of a problem or a plan: a verdict, or an error that names a field. Nothing else."""

import copy
import json
import random

from routing.planning.check import check
from routing.planning.fields import InputError
from routing.planning.io import parse_problem, parse_solution, verdict_json

from .test_bad_input import HUGE, PLAN
from .test_io import CONTRACT

ODD = [
    None, True, 0, -1, 1, 1.5, 1e9, 1e300, HUGE, 1 << 50, float("nan"), float("inf"), "", "n1", "v1", "end", "\ud800",
    [], {}, [[]], [[0, 1]], [[5, 1]], ["n1"], [None], {"staff": "n1"}, [[1, 2], [3, 4]], 28_800,
]  # fmt: skip


def _paths(data, path=()):
    yield path
    for key, inner in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from _paths(inner, (*path, key))


def _altered(source, data):
    path = source.choice([path for path in _paths(data) if path])
    data = copy.deepcopy(data)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    if source.random() < 0.2:
        del inner[path[-1]]
    else:
        inner[path[-1]] = source.choice(ODD)
    return data


def test_whatever_is_put_in_any_place_is_judged_or_refused_by_name():
    source, refused, judged = random.Random("odd"), 0, 0
    for _ in range(1_500):
        problem = _altered(source, CONTRACT)
        plan = PLAN if source.random() < 0.5 else _altered(source, PLAN)
        try:
            verdict = check(parse_problem(problem), parse_solution(plan))
        except InputError as error:
            assert error.field
            assert len(str(error)) < 400
            refused += 1
        else:
            json.dumps(verdict_json(verdict), allow_nan=False)
            judged += 1
    assert refused > 300
    assert judged > 100
