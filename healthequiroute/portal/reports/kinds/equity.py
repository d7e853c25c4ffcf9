"""Who was reached by the visits of a team: Core20 against elsewhere, by fifth and PLUS group, with the trend.

Figures come from `routing.equity_reading`, which hands out published ones only. There is no total over teams: less one
team it would give the small groups of the other away. Workloads by name are not in a report.
"""

from accounts.list_files import Kind
from accounts.small_numbers.words import about, small_number_words
from lsoa.written_numbers import percent, signed
from routing.equity_reading import PeriodEquity
from routing.presenters.equity import FIFTHS, STATUS, inequity_sentence
from routing.presenters.wording import counted

from .. import periods
from ..document import Bar, Bars, Document, Figure, Head, Lines, Section, Table
from .of_teams import document_of, each_of

COVERAGE_HEADS = (
    Head("Visits", "Visits needed in the group, rounded to 5", Kind.WHOLE),
    Head("Planned", "Of them, on a plan", Kind.WHOLE),
    Head("Need met", "Minutes planned by minutes needed", Kind.PERCENT),
    Head("95% interval, low", "Lower end of the Wilson interval of the share of visits", Kind.PERCENT),
    Head("95% interval, high", "Upper end of the same interval", Kind.PERCENT),
    Head("Need met by visits done", "The same of what was recorded as done, over closed plans", Kind.PERCENT),
)
METHOD = (
    "A visit counts once, as planned if any approved plan of the period has it. Its need is its minutes.",
    "Core20 are homes in the most deprived fifth of England's areas (IMD deciles 1 and 2, NHS England, Core20PLUS5). "
    "The ratio is need met in Core20 by need met elsewhere: green from 1, amber from 0.95, red below.",
    "Intervals are Wilson's, 95 %, of the share of visits (Wilson 1927): wide where there are few visits.",
    "No protected characteristics are recorded about people who are visited. PLUS groups stand in for them where the "
    "organisation marks visits with them. What is not marked is not known.",
    small_number_words("visits"),
)
SOURCES = (
    "Approved visit plans of this portal and what was recorded on rounds.",
    "English Indices of Deprivation, Ministry of Housing, Communities and Local Government, as loaded when each visit "
    "was made; areas: LSOA 2021, Office for National Statistics. Open Government Licence v3.0.",
)


def make(report, today, progress) -> Document:
    teams = periods.teams_of(report)
    sections, summary, figures = [], [], []
    for team in each_of(teams, progress):
        trend = periods.trend_of(team, report.span, today)
        found = trend[-1]
        summary += _summary(team, found, alone=len(teams) == 1)
        figures += _figures(team, found, alone=len(teams) == 1)
        sections += _sections(team, found, trend)
    return document_of(
        "Equity of visits",
        report,
        teams,
        today,
        summary=summary,
        figures=figures,
        sections=sections,
        method=METHOD,
        sources=SOURCES,
    )


def _summary(team, found: PeriodEquity, *, alone) -> list[str]:
    lead = "" if alone else f"{team.name}: "
    if found.is_empty:
        return [f"{lead}no visit was planned in the period."]
    core20, rest = found.planned.core20, found.planned.rest
    visits = about(found.visits, "visit")
    texts = [f"{lead}{visits} in {counted(found.plans, 'approved plan')}."]
    if core20.coverage is None or rest.coverage is None:
        texts.append(f"{lead}{STATUS['unknown'][1]}")
    else:
        texts.append(
            f"{lead}Core20 homes get {percent(core20.coverage)} of the need met, others {percent(rest.coverage)}. "
            f"{STATUS[found.planned.status][1]}"
        )
    if found.planned.lowest_group is not None:
        name, share = found.planned.lowest_group
        label = name.replace("quintile", "deprivation fifth")
        texts.append(f"{lead}The group served least is {label}: {percent(share)} of its need is met.")
    return texts


def _figures(team, found, *, alone) -> list[Figure]:
    ratio, gap = found.planned.ratio, found.planned.gap
    lead = "" if alone else f"{team.name}: "
    return [
        Figure(f"{lead}Core20 coverage ratio", "–" if ratio is None else f"{ratio:.2f}",
               "need met in Core20 / elsewhere" if ratio is not None else "too few visits to tell"),
        Figure(f"{lead}Gap", "–" if gap is None else f"{signed(100 * gap)} points", "Core20 less elsewhere"),
        Figure(f"{lead}Plans", str(found.plans), f"{found.closed_plans} of them closed"),
    ]  # fmt: skip


def _sections(team, found, trend) -> list[Section]:
    planned, done = found.planned, found.done
    two = {"Core20": planned.core20, "Elsewhere": planned.rest}
    two_done = done and {"Core20": done.core20, "Elsewhere": done.rest}
    fifths = {FIFTHS[key]: part for key, part in planned.quintiles.items()}
    fifths_done = done and {FIFTHS[key]: part for key, part in done.quintiles.items()}
    return [
        _reached(team, two, two_done),
        Section(
            f"{team.name}: by deprivation",
            _gap_words(planned),
            Bars("Need met by deprivation fifth of the home area", [_bar(name, part) for name, part in fifths.items()]),
            [_coverage("Need met by deprivation fifth", "Fifth", fifths, fifths_done)],
        ),
        _groups(team, planned, done),
        _trend(team, trend),
        _cost(team, found),
    ]


def _reached(team, two, done) -> Section:
    bars = Bars("Need met in Core20 and elsewhere", [_bar(name, part) for name, part in two.items()])
    words = ["The line on each bar is the 95 % interval."]
    return Section(
        f"{team.name}: who was reached", words, bars, [_coverage("Core20 and elsewhere", "Group", two, done)]
    )


def _groups(team, planned, done) -> Section:
    words = "No visit of the period belongs to a PLUS group: nothing is known about groups other than by deprivation."
    plus = _coverage("Need met by PLUS group", "PLUS group", planned.plus, done and done.plus, empty=words)
    places = _coverage(
        "Need met by local authority", "Local authority", planned.districts, done and done.districts,
        empty="The areas of these visits name no local authority.",
    )  # fmt: skip
    return Section(f"{team.name}: groups and places", tables=[plus, places])


def _trend(team, trend) -> Section:
    labels = [f"to {each.period.last_day:%-d %b %Y}" for each in trend]
    series = [
        ("Core20", [each.planned.core20.coverage for each in trend]),
        ("Elsewhere", [each.planned.rest.coverage for each in trend]),
    ]
    heads = (
        Head("Period", "Whole weeks that end with this day"),
        Head("Visits", "Visits needed, rounded to 5", Kind.WHOLE),
        Head("Need met in Core20", "Minutes planned by minutes needed", Kind.PERCENT),
        Head("Need met elsewhere", "The comparator", Kind.PERCENT),
        Head("Ratio", "Core20 by elsewhere", Kind.DECIMAL),
    )
    rows = [
        [label, each.visits, _share(each.planned.core20), _share(each.planned.rest), each.planned.ratio]
        for label, each in zip(labels, trend, strict=True)
    ]
    lines = Lines("Need met over four periods", labels, series)
    return Section(f"{team.name}: trend", [_trend_words(trend)], lines, [Table("Trend", heads, rows)])


def _trend_words(trend) -> str:
    known = [each.planned.ratio for each in trend if each.planned.ratio is not None]
    if len(known) < 2:
        return "Too few periods have enough visits to speak of a trend."
    change = known[-1] - known[0]
    if abs(change) < 0.05:
        return f"The Core20 ratio is about the same as at the beginning ({known[0]:.2f} and {known[-1]:.2f})."
    how = "rose" if change > 0 else "fell"
    return f"The Core20 ratio {how} from {known[0]:.2f} to {known[-1]:.2f}. Four periods are few: see the intervals."


def _cost(team, found) -> Section:
    heads = (
        Head("Fifth", "Deprivation fifth of the home area"),
        Head("Visits planned", "Rounded to 5", Kind.WHOLE),
        Head("Travel minutes a visit", "Mean", Kind.DECIMAL),
        Head("Begun in their window", "Of visits that have one", Kind.PERCENT),
        Head("By the usual carer", "Of visits that have one", Kind.PERCENT),
    )
    rows = [
        [FIFTHS.get(key, "not known"), part.n, part.travel_minutes, part.preferred_share, part.continuity_share]
        for key, part in found.burden.items()
        if key or part.n.shown != 0
    ]
    waits = sorted((found.deferred or {}).items(), key=lambda entry: str(entry[0]))
    tables = [Table("What visits are like for the people visited", heads, rows, empty="No visit is planned.")]
    if found.deferred is not None:
        days = (Head("Group", "Group of visits"), Head("Days past the due day", "Weighted mean", Kind.DECIMAL))
        tables.append(Table("Days put off over four weeks", days, [[name, value] for name, value in waits]))
    return Section(f"{team.name}: burden and waiting", tables=tables)


def _gap_words(planned) -> list[str]:
    index = planned.horizontal_inequity
    return [] if index is None else [inequity_sentence(index, "horizontal inequity")]


def _coverage(caption, head, parts, done, *, empty="No visits.") -> Table:
    rows = [
        [name, part.n, part.served, _share(part), part.low, part.high, _share(done.get(name)) if done else None]
        for name, part in parts.items()
    ]
    return Table(caption, (Head(head, "The group"), *COVERAGE_HEADS), rows, empty)


def _bar(name, part) -> Bar:
    text = "–" if part.coverage is None else percent(part.coverage)
    return Bar(name, part.coverage, text, None if part.low is None else (part.low, part.high))


def _share(part):
    """The coverage, the sign of a hidden one, or None where there is nothing to cover."""
    if part is None:
        return None
    return "[c]" if part.is_withheld else part.coverage
