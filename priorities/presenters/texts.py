"""Minutes, intervals and states in words."""

from priorities.models import PriorityScore, ScoreRun

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
