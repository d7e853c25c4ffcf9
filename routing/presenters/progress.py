"""The panel of a running optimisation."""

from dataclasses import dataclass

from accounts.models import JobState
from routing.models import PlanState, RoutePlan

from .wording import counted, duration


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
    def is_waiting(self) -> bool:
        return self.job is None or self.job.state == JobState.QUEUED

    @property
    def is_stopping(self) -> bool:
        return self.job is not None and self.job.cancel_requested_at is not None

    @property
    def heading(self) -> str:
        if self.is_stopping:
            return "Stopping"
        return "Waiting for a worker" if self.is_waiting else "Searching for a good plan"

    @property
    def percent(self) -> int:
        return self.job.progress if self.job else 0

    @property
    def message(self) -> str:
        if self.is_waiting:
            return "It starts as soon as a worker is free. You can leave this page."
        return f"{self.job.message or 'Starting'}. You can leave this page; the search goes on."

    @property
    def facts(self) -> list[tuple[str, str]]:
        result = self.job.result if self.job else {}
        best = result.get("best") or {}
        facts = []
        if "elapsed" in result:
            facts.append(("Time", f"{result['elapsed']:.0f} of {result['seconds']} seconds"))
        if best:
            served = counted(best["served"], "visit")
            facts.append(("Best plan so far", f"{served} served, {best['unserved']} left out"))
            facts.append(("Found after", duration(best["elapsed"]) if best["elapsed"] > 90 else f"{best['elapsed']} s"))
        return facts

    @property
    def costs(self) -> list[float]:
        """Best cost at each improvement, for a small curve."""
        trace = (self.job.result if self.job else {}).get("trace") or []
        return [cost for _, cost in trace]
