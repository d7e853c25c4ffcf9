"""The list of plans."""

from routing.models import PlanState

from .wording import counted

# The filter of the list that is no state.
SCENARIOS = "scenarios"
STATE_CSS = {
    PlanState.DRAFT: "her-tag--warning",
    PlanState.OPTIMISING: "her-tag--info",
    PlanState.PROPOSED: "her-tag--info",
    PlanState.APPROVED: "her-tag--good",
    PlanState.REJECTED: "her-tag--bad",
    PlanState.PUBLISHED: "her-tag--good",
    PlanState.IN_PROGRESS: "her-tag--info",
    PlanState.CLOSED: "her-tag--plain",
}


def state_tag(plan) -> dict:
    """Text and class of the tag that shows a plan's state."""
    return {"text": plan.get_state_display(), "css": STATE_CSS[plan.state]}


def state_choices(state: str) -> list[dict]:
    """Links that show the plans of one state; the empty one shows all."""
    return [
        {"text": text, "url": f"?state={value}" if value else "?", "is_current": value == state}
        for value, text in (("", "All plans"), *PlanState.choices, (SCENARIOS, "Scenarios"))
    ]


def plan_rows(plans) -> list[dict]:
    """Rows of the table; `plans` come `.listed().with_counts()`."""
    return [_row(plan) for plan in plans]


def _row(plan) -> dict:
    served, outcome = "", ""
    if plan.optimised_at and plan.state != PlanState.OPTIMISING:
        served = f"{plan.visit_count - plan.unserved_count} of {plan.visit_count}"
        outcome = "All served" if not plan.unserved_count else f"{counted(plan.unserved_count, 'visit')} left out"
        if plan.tier_one_unserved:
            outcome = f"{outcome}, {plan.tier_one_unserved} of them tier 1"
    elif plan.state == PlanState.OPTIMISING and plan.job:
        outcome = f"{plan.job.progress}%"
    return {
        "plan": plan,
        "tag": state_tag(plan),
        "visits": plan.visit_count,
        "served": served,
        "outcome": outcome or plan.outcome_note,
        "is_bad": bool(plan.tier_one_unserved),
        "is_scenario": plan.scenario_of_id is not None,
    }
