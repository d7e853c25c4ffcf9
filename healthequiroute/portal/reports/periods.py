"""Which weeks an edition is about: whole ones, Monday to Sunday, that are over."""

from datetime import date, timedelta

from routing.equity_reading import Period, PeriodEquity, equity_of_period, week_of
from routing.models import Team

from ..models import Report, ReportSpan

WEEK = timedelta(days=7)
# So many periods make a trend.
TREND = 4


def last_day(today: date) -> date:
    """The Sunday of the last week that is over."""
    return week_of(today)[0] - timedelta(days=1)


def first_day(span: str, today: date) -> date:
    weeks = 1 if span == ReportSpan.WEEK else 4
    return last_day(today) - weeks * WEEK + timedelta(days=1)


def period_of(team: Team, span: str, today: date, back: int = 0) -> Period:
    """The period of an edition, or the one so many before it; periods of a trend do not overlap."""
    if span == ReportSpan.WEEK:
        return Period.of_week(team, last_day(today) - back * WEEK)
    return Period.of_four_weeks(team, last_day(today) - back * 4 * WEEK)


def teams_of(report: Report) -> list[Team]:
    if report.team_id:
        return [report.team]
    return list(Team.objects.for_organisation(report.organisation).order_by("name"))


def trend_of(team: Team, span: str, today: date) -> list[PeriodEquity]:
    """The periods of a trend, the latest (an edition's own) last."""
    return [equity_of_period(period_of(team, span, today, back)) for back in reversed(range(TREND))]


def span_text(first: date, last: date) -> str:
    return f"{first:%-d %B %Y} to {last:%-d %B %Y}"
