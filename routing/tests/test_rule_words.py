"""Broken rules in words: every one that the judge can find has a sentence made of what it found."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from routing.editing.words import Names, span, told
from routing.planning import bench_judge
from routing.planning.check import check
from routing.planning.problem import Break, Link
from routing.planning.solution import BreakStop, Route, Solution, VisitStop
from routing.planning.trials import untimed

from .test_editing import HOUR, MINUTE, NINE, at, line

NAMES = Names(
    person=str.title,
    skill=str,
    clock=lambda seconds: f"{seconds // 3600:02}:{seconds // 60 % 60:02}",
    span=span,
)


def sentences(problem, solution):
    verdict = check(problem, solution)
    return [told(problem, verdict, violation, NAMES) for violation in verdict.violations]


def test_whatever_is_broken_is_said_in_a_sentence():
    source, rules = random.Random("words"), Counter()
    for _ in range(25):
        problem, plan = bench_judge.tight_day(source)
        for _ in range(20):
            changed, mutant = bench_judge.mutant(source, problem, plan)
            verdict = check(changed, mutant)
            for violation in verdict.violations:
                sentence = told(changed, verdict, violation, NAMES)
                assert sentence.endswith(".") and "None" not in sentence, (violation, sentence)
                rules[violation.rule, violation.part] += 1
    assert len(rules) > 25, rules


def test_of_several_links_the_broken_one_is_named():
    links = (
        Link("v1", "v3", min_gap=10 * MINUTE),
        Link("v2", "v3", max_gap=20 * MINUTE),
        Link("v4", "v3", together=True),
    )
    problem = line(at(1), at(2), at(3), at(4), links=links)
    assert sentences(problem, untimed({"ann": ["v1", "v2", "v3"]})) == [
        "v3 must start at most 20 min after v2.",
        "v3 and v4 go together: either both are planned or neither.",
    ]


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        ([(0, 12 * HOUR, 10)], "Ann's break would last 10 min instead of 30 min."),
        ([(0, 9 * HOUR, 30)], "Ann's break would start at 09:00; it must start between 11:00 and 13:00."),
        ([], "Ann's break of 30 min must start between 11:00 and 13:00: there is no room for it."),
        ([(0, 12 * HOUR, 30), (0, 12 * HOUR + 30 * MINUTE, 30)], "Ann would have the same break twice."),
        (
            [(0, 12 * HOUR, 30), (1, 13 * HOUR, 30)],
            "Ann has a break in the round that the shift does not have any more.",
        ),
        ([(0, 7 * HOUR, 30)], "Ann's break would start at 07:00, before the shift starts at 08:00."),
    ],
    ids=["short", "outside", "missing", "twice", "no such break", "before the shift"],
)
def test_what_is_wrong_with_a_break(breaks, said):
    pause = Break(30 * MINUTE, ((11 * HOUR, 13 * HOUR),), required=True)
    problem = line(at(1), breaks=[pause])
    early = [each for each in breaks if each[1] < NINE]
    stops = [_pause(*each) for each in breaks if each in early]
    stops += [VisitStop("v1", NINE - 30 * MINUTE, NINE - 30 * MINUTE, NINE)]
    stops += [_pause(*each) for each in breaks if each not in early]
    assert said in sentences(problem, Solution([Route("ann", stops)]))


def _pause(index, start, minutes):
    return BreakStop(index, start, start + minutes * MINUTE)


def test_a_visit_cut_short_and_a_day_too_long_say_by_how_much():
    problem = line(at(1), at(2))
    ann = replace(problem.staff[0], max_duration=HOUR, max_drive=30 * MINUTE)
    problem = replace(problem, staff=(ann, problem.staff[1]))
    stops = [VisitStop("v1", NINE, NINE, NINE + 10 * MINUTE), VisitStop("v2", 10 * HOUR, 10 * HOUR, 11 * HOUR)]
    assert sentences(problem, Solution([Route("ann", stops)])) == [
        "Ann would have 10 min for v1, which takes 30 min.",
        "Ann would be out for 2 h 30 min; 1 h at most are allowed.",
        "Ann would drive 40 min; 30 min at most are allowed.",
    ]
