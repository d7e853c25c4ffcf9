"""The panel of a running optimisation."""

from dataclasses import dataclass
from functools import cached_property

from accounts.models import JobState
from routing.models import PlanState, RoutePlan

from .curve import CostCurve
from .wording import TIER_NOTES, counted, duration

# The last tenth of the time belongs to the polish (see planning.engines.portfolio).
POLISH_FROM = 0.9


@dataclass
class ProgressPanel:
    """Reads a plan with its job. `polls` until the plan is settled; the page then shows the outcome."""

    plan: RoutePlan
    may_stop: bool = False

    @property
    def polls(self) -> bool:
        return self.plan.state == PlanState.OPTIMISING

    @property
    def job(self):
        return self.plan.job

    @property
    def result(self) -> dict:
        return (self.job.result if self.job else {}) or {}

    @property
    def best(self) -> dict:
        return self.result.get("best") or {}

    @property
    def is_waiting(self) -> bool:
        return self.job is None or self.job.state == JobState.QUEUED

    @property
    def is_stopping(self) -> bool:
        return self.job is not None and self.job.cancel_requested_at is not None

    @property
    def heading(self) -> str:
        if self.is_stopping:
            return "Stopping"
        return "Waiting for its turn" if self.is_waiting else "Searching for a good plan"

    @property
    def announcement(self) -> str:
        """Said aloud when it becomes another one: at the turns of the search and its quarters, not every second."""
        if self.is_stopping or self.is_waiting or not self.best:
            return self.heading
        quarter = 25 * (self.percent // 25)
        return (
            f"There is a plan to keep. {quarter} percent of the search is done."
            if quarter
            else "There is a plan to keep."
        )

    @property
    def percent(self) -> int:
        return self.job.progress if self.job else 0

    @property
    def message(self) -> str:
        if self.is_waiting:
            return "It starts after the searches before it. You can leave this page."
        if self.is_stopping:
            end = "The best plan so far is being kept." if self.best else "There is no plan to keep yet."
            return f"{self.job.message or 'Starting'}. {end}"
        return f"{self.job.message or 'Starting'}. You can leave this page; the search goes on."

    @property
    def doing(self) -> str:
        """What the search does just now, in a sentence."""
        if self.is_waiting or "elapsed" not in self.result:
            return ""
        if not self.best:
            return "It looks for a first plan that keeps every rule."
        if self.result["elapsed"] >= POLISH_FROM * self.result["seconds"]:
            return "It polishes the best plan, and checks it once more in another engine's model of the rules."
        return (
            "It takes some visits out of the best plan, puts each back where it costs least, and keeps what is better, "
            "over and over. Every plan shown has passed the judge."
        )

    @property
    def facts(self) -> list[tuple[str, str]]:
        facts, best = [], self.best
        if "elapsed" in self.result:
            elapsed, seconds = self.result["elapsed"], self.result["seconds"]
            left = max(0, round(seconds - elapsed))
            ends = f", at most {counted(left, 'second')} left" if left else ", about to end"
            facts.append(("Time", f"{elapsed:.0f} of {seconds} seconds{ends}"))
        if best:
            served = counted(best["served"], "visit")
            facts.append(("Best plan so far", f"{served} served, {best['unserved']} left out"))
            facts.append(("Found after", duration(best["elapsed"]) if best["elapsed"] > 90 else f"{best['elapsed']} s"))
        return facts

    @property
    def tiers(self) -> list[dict]:
        """Visits served by tier; tiers without visits are left out."""
        return [
            {
                "tier": tier,
                "note": TIER_NOTES.get(int(tier), ""),
                "served": served,
                "total": total,
                "is_whole": served == total,
            }
            for tier, (served, total) in (self.best.get("tiers") or {}).items()
        ]

    @cached_property
    def curve(self) -> CostCurve:
        return CostCurve(
            self.result.get("trace") or [], seconds=self.result.get("seconds"), elapsed=self.result.get("elapsed")
        )
