"""Plans and visits of a period: how many plans came how far, what was planned and done, what was left out and why."""

from collections import Counter

from accounts.list_files import Kind
from accounts.small_numbers import count_of
from accounts.small_numbers.words import about, small_number_words
from lsoa.written_numbers import percent
from routing.equity_reading import PeriodEquity, equity_of_period
from routing.models import PlanState, RoutePlan, UnservedVisit
from routing.presenters.wording import counted, reason_label

from .. import periods
from ..document import Document, Figure, Head, Section, Table
from .of_teams import document_of, each_of, lead_of

METHOD = (
    "A visit counts once, as planned if any approved plan of the period has it; done is what was recorded on rounds, "
    "over closed plans only.",
    "A visit left out on several days counts on each of them under its reason.",
    "There is no total over teams.",
    small_number_words("visits"),
)
SOURCES = ("Visit plans of this portal and what was recorded on rounds.",)


def make(report, today, progress) -> Document:
    teams = periods.teams_of(report)
    first, last = periods.first_day(report.span, today), periods.last_day(today)
    summary, figures, sections = [], [], []
    for team in each_of(teams, progress):
        found = equity_of_period(periods.period_of(team, report.span, today))
        states = _states(team, first, last)
        lead = lead_of(team, teams)
        made = counted(sum(states.values()), "plan")
        summary.append(f"{lead}{made}, {counted(found.plans, 'of them approved', 'of them approved')}; "
                       f"{about(found.visits, 'visit')} needed.")  # fmt: skip
        summary += [f"{lead}{text}" for text in _done_words(found)]
        figures.append(Figure(f"{lead}Plans approved", str(found.plans), f"of {made}"))
        figures.append(Figure(f"{lead}Visits needed", str(found.visits), "rounded to 5"))
        sections += _sections(team, found, states, _reasons(found))
    return document_of(
        "Plans and visits",
        report,
        teams,
        today,
        summary=summary,
        figures=figures,
        sections=sections,
        method=METHOD,
        sources=SOURCES,
    )


def _states(team, first, last) -> dict[str, int]:
    """Plans (not people) by state."""
    plans = RoutePlan.objects.for_organisation(team.organisation).filter(team=team, day__range=(first, last))
    return dict(Counter(PlanState(state).label for state in plans.values_list("state", flat=True)))


def _reasons(found: PeriodEquity) -> Counter:
    """Visits that approved plans leave out, by reason."""
    left = UnservedVisit.objects.filter(plan__in=found.period.plans)  # unscoped: of the organisation's own plans
    return Counter(left.values_list("reason", flat=True))


def _done_words(found: PeriodEquity) -> list[str]:
    if found.done is None:
        return ["no plan of the period is closed: what was done is not known yet."]
    parts = [("in Core20", found.done.core20.coverage), ("elsewhere", found.done.rest.coverage)]
    told = [f"{percent(share)} {where}" for where, share in parts if share is not None]
    if not told:
        return ["too few visits of closed plans to tell how much was done."]
    return [f"of closed plans {' and '.join(told)} of the need was met."]


def _sections(team, found, states, reasons) -> list[Section]:
    state_heads = (Head("Status", "Status of the plan when the report was made"), Head("Plans", "Plans", Kind.WHOLE))
    group_heads = (
        Head("Group", "Deprivation of the home area"),
        Head("Visits needed", "Rounded to 5", Kind.WHOLE),
        Head("Planned", "Of them, on an approved plan", Kind.WHOLE),
        Head("Need met", "Minutes planned by minutes needed", Kind.PERCENT),
    )
    planned = found.planned
    groups = (("Core20", planned.core20), ("Elsewhere", planned.rest), ("Not known", planned.unknown))
    rows = [
        [name, part.n, part.served, "[c]" if part.is_withheld else part.coverage]
        for name, part in groups
        if part.n.shown != 0
    ]
    reason_heads = (Head("Reason", "Why"), Head("Left out", "Visits, rounded to 5; of each day", Kind.WHOLE))
    reason_rows = [[reason_label(reason), count_of(number)] for reason, number in reasons.most_common()]
    return [
        Section(f"{team.name}: plans", tables=[Table("Plans by status", state_heads, sorted(states.items()))]),
        Section(f"{team.name}: visits", tables=[Table("Visits by deprivation", group_heads, rows, "No visits.")]),
        Section(
            f"{team.name}: left out",
            tables=[Table("Visits left out, by reason", reason_heads, reason_rows, "Nothing was left out.")],
        ),
    ]
