"""What the judge says of a plan as it stands, in words.

A plan that people work by, or worked by, is judged as a day under way: what happened is a fact. What breaks a rule of
the plan as it was first made, and is known to (a break that could not be taken any more, somebody who went home), is
told apart from what is broken and could be put right.
"""

from dataclasses import dataclass, field
from datetime import datetime

from .broken_rules import broken_rules
from .civil_time import clock, moment_of
from .editing import EditError
from .models import PlanState, PlanVersion, RoutePlan, Visit
from .plan_editing import OpenPlan, present
from .planning.check import Violation, check
from .planning.io import parse_solution
from .planning.replanning import UnfitDisruption
from .planning.solution import Solution
from .problem_building import NothingToPlan
from .standing_day import standing_day

MOST_LISTED = 10


@dataclass(frozen=True)
class PlanVerdict:
    """Sentences: `broken`, rules that the plan breaks; `late`, those that it will break if nothing is changed; `known`,
    those that were broken knowingly as the day went, with the reason.
    """

    broken: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.broken and not self.late


def verdict_of(plan: RoutePlan, visits: list[Visit] | None = None, now: datetime | None = None) -> PlanVerdict:
    """The verdict of the judge of the plan's state, at a moment (this one unless `now` is given). A day that cannot be
    read is broken, with why. `visits`: see `build_problem`.
    """
    try:
        opened = OpenPlan(plan, visits=visits, now=now)
    except (NothingToPlan, UnfitDisruption) as error:
        return PlanVerdict(broken=why_unfit(plan, error, now))
    return verdict_on(opened)


def why_unfit(plan: RoutePlan, error: Exception, now: datetime | None = None) -> list[str]:
    """Why a plan cannot be laid open, in sentences: for a day under way whatever is broken in it whatever happened."""
    text = str(error)
    sentence = text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
    if not isinstance(error, UnfitDisruption):
        return [sentence]
    try:
        standing = standing_day(plan, present(plan, now))
    except (NothingToPlan, UnfitDisruption):
        return [sentence]
    broken = [each for each in check(standing.problem, standing.solution).violations if each.rule != "required"]
    return broken_rules(standing.built, broken) or [sentence]


def verdict_on(opened: OpenPlan) -> PlanVerdict:
    """The same for a plan that was read already."""
    broken = opened.broken(opened.draft.standing)
    if not opened.is_under_way:
        return PlanVerdict(broken=_listed(broken))
    late = []
    if opened.plan.state in PlanState.running():
        broken = [f"Nobody comes to {visit}: whoever has it is away." for visit in opened.dropped] + broken
        late = opened.runs_late
    return PlanVerdict(_listed(broken), _listed(late), _listed(known_lines(opened)))


def verdict_of_version(version: PlanVersion) -> PlanVerdict:
    """What the judge says of the routes of a version, were they to come back now."""
    solution = parse_solution({"routes": version.routes, "unserved": []})
    try:
        opened = OpenPlan(version.plan)
        verdict = opened.draft.laid(solution) if opened.is_under_way else check(opened.problem, solution)
    except (NothingToPlan, UnfitDisruption) as error:
        return PlanVerdict(broken=why_unfit(version.plan, error))
    except EditError as error:
        return PlanVerdict(broken=[opened.refused(error)])
    return PlanVerdict(broken=_listed(opened.broken(verdict)))


def known_lines(opened: OpenPlan) -> list[str]:
    """Rules that the stored rounds break by the rota and the visits alone, and not as the day stands."""
    plain = check(opened.built.problem, Solution(list(opened.standing.stored.values())))
    now = check(opened.standing.problem, opened.standing.solution)
    still = {_key(violation) for violation in now.violations}
    known = [each for each in plain.violations if each.rule != "required" and _key(each) not in still]
    return list(dict.fromkeys(_known(opened, plain, violation) for violation in known))


def _key(violation: Violation):
    return violation.rule, violation.staff, violation.visit


def _known(opened, plain, violation) -> str:
    if violation.rule == "break" and violation.part == "missing":
        head = f"Break of {opened.names.person(violation.staff)} missed"
    elif violation.rule == "break" and violation.part == "window":
        head = f"Break of {opened.names.person(violation.staff)} at {opened.clock(violation.found)}, outside its hours"
    else:
        head = opened.told_plainly(plain, violation).rstrip(".")
    return f"{head}: {_because(opened, violation)}."


def _because(opened, violation) -> str:
    standing, staff, visit = opened.standing, violation.staff, violation.visit
    if staff in standing.away:
        since = standing.away[staff]
        return f"away since {clock(moment_of(opened.plan.day, since))}" if since else "away on that day"
    if visit is not None and standing.has_begun(visit):
        parts = [part for (_, name), part in standing.parts.items() if name == visit]
        moments = [each for part in parts for each in (part.arrived, part.left) if each is not None]
        return f"it had begun by {opened.clock(min(moments))}" if moments else "it had begun"
    return "the day went differently, and the round was mended from there"


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LISTED
    return lines if more <= 0 else [*lines[:MOST_LISTED], f"And {more:,} more."]
