"""Numbers of visits of a patch and a period: sums of figures that are published anyway.

What `routing.equity_reading` publishes of each team and week or four weeks is already safe to show; adding such figures
up tells nothing that their reader could not add up, too. A sum with a hidden part is hidden, whatever its size. Nothing
here looks at single visits.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.cache import cache

from accounts.small_numbers import Count, hidden_count
from routing.equity_reading import Period, PeriodEquity, equity_of_period
from routing.equity_reading.published import SafeCoverage

from .periods import Span, WholeWeeks
from .versions import WorkVersions

KEPT_SECONDS = 40 * 24 * 3600
# Part of the keys under which figures are kept: another number whenever their fields change.
SHAPE = 1
NONE = Count(0)


@dataclass(frozen=True)
class Tally:
    """Visits due in these weeks and those of them that were planned."""

    due: Count = NONE
    planned: Count = NONE

    @property
    def left_out(self) -> Count:
        """The difference of the two shown numbers."""
        if self.due.is_hidden or self.planned.is_hidden:
            return hidden_count()
        return Count(max(0, self.due.shown - self.planned.shown))

    @property
    def share(self) -> float | None:
        """Of the shown numbers, 0 to 1 in whole per cent; None where one is hidden or none is due."""
        if self.due.is_hidden or self.planned.is_hidden or not self.due.shown:
            return None
        return round(min(1.0, self.planned.shown / self.due.shown), 2)

    @property
    def is_hidden(self) -> bool:
        return self.due.is_hidden or self.planned.is_hidden

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(added(self.due, other.due), added(self.planned, other.planned))


@dataclass(frozen=True)
class VisitFigures:
    """Of Core20 homes, of others and of those whose deprivation is not known; of all together. `done`: over closed
    plans, None before any is closed. `waited`: days past the due day in Core20 and elsewhere, None where not told.
    """

    core20: Tally = field(default_factory=Tally)
    rest: Tally = field(default_factory=Tally)
    unknown: Tally = field(default_factory=Tally)
    due: Count = NONE
    done: Count | None = None
    plans: int = 0
    closed_plans: int = 0
    waited: tuple[float | None, float | None] | None = None

    @property
    def planned(self) -> Count:
        return added(self.core20.planned, self.rest.planned, self.unknown.planned)

    @property
    def all(self) -> Tally:
        return Tally(self.due, self.planned)

    @property
    def gap(self) -> float | None:
        """Share planned in Core20 less that elsewhere."""
        one, other = self.core20.share, self.rest.share
        return None if one is None or other is None else round(one - other, 2)

    def __add__(self, other: "VisitFigures") -> "VisitFigures":
        done = [each for each in (self.done, other.done) if each is not None]
        return VisitFigures(
            core20=self.core20 + other.core20,
            rest=self.rest + other.rest,
            unknown=self.unknown + other.unknown,
            due=added(self.due, other.due),
            done=added(*done) if done else None,
            plans=self.plans + other.plans,
            closed_plans=self.closed_plans + other.closed_plans,
        )


def added(*counts: Count) -> Count:
    """The sum of what is shown; hidden where any of it is."""
    shown = [count.shown for count in counts]
    return hidden_count() if None in shown else Count(sum(shown))


@dataclass(frozen=True)
class TeamFigures:
    """What is kept of one team and period: its figures, and planned visits by code of the area."""

    visits: VisitFigures
    areas: dict[str, Count]


def figures_of(teams: Iterable, weeks: WholeWeeks, versions: WorkVersions) -> VisitFigures:
    """All teams together. Days waited are means, which are not added: told where there is one team."""
    found = [_kept(team, part, versions).visits for team in teams for part in weeks.parts]
    if len(found) == 1:
        return found[0]
    return sum(found, VisitFigures())


def planned_by_area(teams: Iterable, weeks: WholeWeeks, versions: WorkVersions) -> dict[str, Count]:
    """Planned visits by code of the area, for areas with any visit due."""
    found: dict[str, Count] = {}
    for team in teams:
        for part in weeks.parts:
            for code, count in _kept(team, part, versions).areas.items():
                found[code] = added(found.get(code, NONE), count)
    return found


def is_kept(teams: Iterable, weeks: Iterable[WholeWeeks], versions: WorkVersions) -> bool:
    """Whether all of it has been worked out before."""
    keys = {_key(team, part, versions) for team in teams for each in weeks for part in each.parts}
    return len(cache.get_many(keys)) == len(keys)


def _key(team, weeks: WholeWeeks, versions: WorkVersions) -> str:
    return f"dashboard:visits:{SHAPE}:{team.pk}:{weeks.span}:{weeks.monday}:{versions.of(team, weeks)}"


def _kept(team, weeks: WholeWeeks, versions: WorkVersions) -> TeamFigures:
    return cache.get_or_set(_key(team, weeks, versions), lambda: _worked_out(team, weeks), KEPT_SECONDS)


def _worked_out(team, weeks: WholeWeeks) -> TeamFigures:
    of = Period.of_four_weeks if weeks.span == Span.FOUR_WEEKS else Period.of_week
    equity = equity_of_period(of(team, weeks.monday))
    return TeamFigures(_visit_figures(equity), {code: part.served for code, part in equity.planned.areas.items()})


def _visit_figures(equity: PeriodEquity) -> VisitFigures:
    planned, done = equity.planned, equity.done
    return VisitFigures(
        core20=_tally(planned.core20),
        rest=_tally(planned.rest),
        unknown=_tally(planned.unknown),
        due=equity.visits,
        done=None if done is None else added(done.core20.served, done.rest.served, done.unknown.served),
        plans=equity.plans,
        closed_plans=equity.closed_plans,
        waited=equity.deferred and (equity.deferred.get("Core20"), equity.deferred.get("Elsewhere")),
    )


def _tally(part: SafeCoverage) -> Tally:
    return Tally(part.n, part.served)
