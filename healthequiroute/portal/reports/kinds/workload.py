"""How much of the contracted time plans use, and how evenly. Nobody is named: names stand on the equity page."""

from statistics import median

from accounts.list_files import Kind
from accounts.small_numbers import count_of
from accounts.small_numbers.words import small_number_words
from lsoa.written_numbers import percent
from routing.equity_reading import PeriodEquity

from .. import periods
from ..document import Bar, Document, Figure, Head, Lines, Section, Table
from .of_teams import document_of, each_of, lead_of

# Shares of the contracted time, and how people call them. From the first that is not above.
BANDS = ((0.5, "Less than half"), (0.7, "50 to 70 %"), (0.85, "70 to 85 %"), (1.0, "85 to 100 %"))
ABOVE = "More than all of it"
METHOD = (
    "The work of a person is travel and visits by shift less break, over all approved plans of the period (Matl, "
    "Hartl, Vidal 2018). The fullest counts; Gini is shown, but is not an aim: longer drives could lower it.",
    "Nobody is named here.",
    small_number_words("people"),
)
SOURCES = ("Approved visit plans and shifts of this portal.",)


def make(report, today, progress) -> Document:
    teams = periods.teams_of(report)
    summary, figures, sections = [], [], []
    for team in each_of(teams, progress):
        trend = periods.trend_of(team, report.span, today)
        lead = lead_of(team, teams)
        summary.append(f"{lead}{_words(trend[-1])}")
        figures += _figures(lead, trend[-1])
        sections += _sections(team, trend)
    return document_of(
        "Workload",
        report,
        teams,
        today,
        summary=summary,
        figures=figures,
        sections=sections,
        method=METHOD,
        sources=SOURCES,
        counts="people",
    )


def _words(found: PeriodEquity) -> str:
    loads = found.loads
    if loads.largest is None:
        return "nobody was on shift in approved plans of the period."
    middle = median(loads.by_staff.values())
    return (
        f"the fullest work is {percent(loads.largest)} of the contracted time, half of the people work "
        f"{percent(middle)} of it or more."
    )


def _figures(lead, found) -> list[Figure]:
    loads = found.loads
    if loads.largest is None:
        return [Figure(f"{lead}Fullest", "–", "nobody on shift")]
    return [
        Figure(f"{lead}Fullest", percent(loads.largest), "of the contracted time"),
        Figure(f"{lead}Median", percent(median(loads.by_staff.values())), "of the contracted time"),
        Figure(f"{lead}Gini", "–" if loads.gini is None else f"{loads.gini:.2f}", "0: all alike"),
    ]


def _sections(team, trend) -> list[Section]:
    found = trend[-1]
    heads = (Head("Share of contracted time", "Travel and visits by shift less break"),
             Head("People", "Rounded to 5", Kind.WHOLE))  # fmt: skip
    table = Table("People by how full their work is", heads, _bands(found), "Nobody was on shift.")
    labels = [f"to {each.period.last_day:%-d %b %Y}" for each in trend]
    fullest = [each.loads.largest for each in trend]
    trend_heads = (Head("Period", "Whole weeks that end with this day"), Head("Fullest", "Share of time", Kind.PERCENT),
                   Head("Gini", "0: all alike", Kind.DECIMAL))  # fmt: skip
    rows = [[label, each.loads.largest, each.loads.gini] for label, each in zip(labels, trend, strict=True)]
    travel = [
        Bar("Most deprived" if key == 1 else f"Fifth {key}", None, f"{part.travel_minutes:.0f} min")
        for key, part in found.burden.items()
        if key and part.travel_minutes is not None
    ]
    return [
        Section(f"{team.name}: how full", tables=[table]),
        Section(
            f"{team.name}: over four periods", (), Lines("Fullest work", labels, [("Fullest", fullest)]),
            [Table("Over four periods", trend_heads, rows)],
        ),
        *([_travel(team, travel)] if travel else []),
    ]  # fmt: skip


def _travel(team, bars) -> Section:
    heads = (Head("Fifth", "Deprivation fifth of the home"), Head("Minutes a visit", "Mean travel"))
    rows = [[bar.label, bar.text] for bar in bars]
    return Section(f"{team.name}: travel to a visit", tables=[Table("Travel to a visit", heads, rows)])


def _bands(found) -> list[list]:
    loads = list(found.loads.by_staff.values())
    rows, below = [], 0.0
    for edge, label in BANDS:
        rows.append([label, count_of(sum(below <= load < edge or load == edge == 1.0 for load in loads))])
        below = edge
    rows.append([ABOVE, count_of(sum(load > 1.0 for load in loads))])
    return rows if loads else []
