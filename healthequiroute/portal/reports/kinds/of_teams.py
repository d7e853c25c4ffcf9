"""What reports about the visits of teams have in common: what is told on the way, and how the document begins."""

from collections.abc import Callable, Iterator
from datetime import date

from routing.models import Team

from ...models import Report
from .. import periods
from ..document import Document


def each_of(teams: list[Team], progress: Callable[[int, str], None]) -> Iterator[Team]:
    """The teams one by one, while whoever waits is told which is being read."""
    for place, team in enumerate(teams):
        progress(5 + 85 * place // len(teams), f"Reading the plans of {team.name}")
        yield team


def lead_of(team: Team, teams: list[Team]) -> str:
    """Before a sentence about one of several teams; a team alone stands in the title."""
    return "" if len(teams) == 1 else f"{team.name}: "


def document_of(name: str, report: Report, teams: list[Team], today: date, *, summary: list[str], **parts) -> Document:
    """`parts` are the other fields of a Document."""
    first, last = periods.first_day(report.span, today), periods.last_day(today)
    return Document(
        title=f"{name}: {teams[0].name if len(teams) == 1 else report.organisation}",
        subtitle=periods.span_text(first, last),
        summary=summary or ["The organisation has no team yet."],
        filters=[f"Team: {team.name}" for team in teams],
        **parts,
    )
