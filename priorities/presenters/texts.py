"""Minutes, intervals and states in words."""

from django.utils import timezone

from priorities.models import PriorityScore, ScoreRun, VisitMinutesOverride

HOURS_PER_DAY, DAYS_PER_WEEK = 24, 7


def minutes_text(score: PriorityScore) -> str:
    """ "45 minutes", and the range where it is open."""
    text = f"{score.visit_minutes} minutes"
    if score.visit_minutes_lowest == score.visit_minutes_highest:
        return text
    return f"{text} ({score.visit_minutes_lowest} to {score.visit_minutes_highest} possible)"


def review_text(hours: int) -> str:
    """A review interval in the unit in which people say it: 48 hours, 2 weeks."""
    weeks, rest = divmod(hours, HOURS_PER_DAY * DAYS_PER_WEEK)
    if weeks and not rest:
        return f"every {weeks} weeks" if weeks > 1 else "every week"
    return f"within {hours} hours"


def outdated_text(run: ScoreRun) -> str:
    """Why the scores or the thresholds behind them are out of date; empty where they are not."""
    parts = []
    if run.outdated_at:
        parts.append(f"The data have changed since this calculation: {run.outdated_because}.")
    if run.model_version.outdated_at:
        parts.append(
            f"The thresholds of the model were computed from older data: {run.model_version.outdated_because}."
        )
    return " ".join(parts)


def override_text(override: VisitMinutesOverride) -> str:
    """Who has set other minutes, when, and why."""
    since = timezone.localtime(override.created_at)
    who = override.created_by.get_full_name() or str(override.created_by)
    reason = _ended(override.reason)
    return f"Your organisation plans {override.minutes} minutes instead. {who}, {since.day} {since:%B %Y}: {reason}"


def _ended(text: str) -> str:
    """With a full stop, unless it ends in a mark of its own."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
