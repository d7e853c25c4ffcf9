"""What the page of a plan says about equity: three figures, what was asked for, and what it costs."""

from functools import cached_property

from django.urls import reverse

from accounts.models import JobState
from lsoa.written_numbers import percent, signed, signed_percent
from routing.models import PlanState, RoutePlan, WeekPlan, WeekState
from routing.services.equity import PRICEABLE, is_priced_now
from routing.services.week_proposals import versions_of
from routing.services.weeks import open_days

from .wording import counted


class EquityPanel:
    """Reads `plan.equity`, `plan.price` and the job of the comparison. `noun`, `what`, `span`: what it speaks of."""

    noun, what, span, scope = "plan", "the plan", "day", ""

    def __init__(self, plan: RoutePlan, *, may_optimise: bool):
        self.plan = plan
        self.may_choose = may_optimise and plan.state in (PlanState.DRAFT, PlanState.PROPOSED, PlanState.REJECTED)
        self.may_compare = (
            may_optimise and plan.state in PRICEABLE and plan.optimised_at is not None and not self.is_comparing
        )

    @property
    def wishes_url(self) -> str:
        return reverse("plan-wishes", args=[self.plan.pk])

    @property
    def price_url(self) -> str:
        return reverse("plan-price", args=[self.plan.pk])

    @property
    def measures_url(self) -> str:
        return f"{reverse('equity')}?period=plan&plan={self.plan.pk}"

    @property
    def is_comparing(self) -> bool:
        return is_priced_now(self.plan)

    @cached_property
    def price(self) -> dict:
        """What is known of the routes as they are now."""
        found = self.plan.price or {}
        return found if found.get("version") == self.plan.version else {}

    @property
    def wishes(self) -> list[str]:
        texts = []
        if self.plan.holds_core20:
            texts.append("Core20 coverage at least as high as elsewhere")
        if self.plan.shares_work:
            texts.append("work shared out fairly")
        return texts

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The key three."""
        equity = self.plan.equity or {}
        ratio = equity.get("ratio")
        lowest = equity.get("lowest_group")
        facts = [("Core20 coverage ratio", "too few visits to compare" if ratio is None else f"{ratio:.2f}")]
        if lowest:
            name = lowest[0].replace("quintile", "deprivation fifth")
            facts.append(("Served least", f"{name}: {percent(lowest[1])} of the need met"))
        price = (self.price.get("without") or {}).get("price")
        facts.append(
            ("Price of equity", f"{signed_percent(price, 1)} travel" if price is not None else self.price_state)
        )
        return facts

    @property
    def price_state(self) -> str:
        if self.is_comparing:
            return "being worked out"
        job = self.plan.price_job
        if job is not None and job.state in (JobState.FAILED, JobState.INTERRUPTED):
            return "could not be worked out; you can try again"
        return "not worked out for these routes"

    @property
    def outcomes(self) -> list[str]:
        """What became of what was asked for, in the routes as they are now."""
        texts, equity = [], self.plan.equity or {}
        lever = self.price.get("lever")
        if self.plan.holds_core20 and self.plan.optimised_at:
            gap = equity.get("gap")
            if gap is None and lever:
                # Too few visits for figures: whether it was reached can be told all the same.
                texts.append("Reached." if lever["reached"] else "Not reached.")
            elif gap is None:
                texts.append("There are too few visits to compare Core20 with elsewhere.")
            elif gap >= -1e-12:
                texts.append("Reached: Core20 homes are covered at least as well as others.")
            else:
                texts.append(f"Not reached: Core20 homes are covered {-100 * gap:.1f} points less than others.")
        if lever:
            texts.append(_cost_of(lever))
        sharing = self.price.get("sharing")
        if sharing:
            texts.append(_sharing_text(sharing))
        return texts

    @property
    def comparison(self) -> list[tuple[str, str, str]]:
        """(measure, without equity, this plan)."""
        found = self.price.get("without")
        if not found:
            return []
        travel, served = found["travel_minutes"], found["served"]
        ratios = ["–" if ratio is None else f"{ratio:.2f}" for ratio in found["ratios"]]
        return [
            ("Travel of all people", *(f"{minutes:,.0f} min" for minutes in travel)),
            ("Visits served", *(str(number) for number in served)),
            ("Core20 coverage", *(percent(share) for share in found["core20"])),
            ("Coverage elsewhere", *(percent(share) for share in found["rest"])),
            ("Core20 coverage ratio", *ratios),
        ]

    @property
    def comparison_text(self) -> str:
        found = self.price.get("without")
        if not found:
            return ""
        price, change = found["price"], found["ratio_change"]
        if price is None:
            return "Without equity nobody would drive at all: there is nothing to compare."
        words = f"Equity costs {signed_percent(price, 1)} travel"
        words += f" and changes the Core20 ratio by {signed(change, 2)}." if change is not None else "."
        fewer = found["served"][0] - found["served"][1]
        if fewer > 0:
            words += f" {counted(fewer, 'visit fewer is', 'visits fewer are')} served, the neediest first."
        return words


class WeekEquityPanel(EquityPanel):
    """The same for a week: over the days that are planned together."""

    noun, what, span = "week", "the week", "days"
    scope = "Over the days that are planned together, not for each of them."
    measures_url = ""

    def __init__(self, week: WeekPlan, *, may_optimise: bool):
        self.plan = week
        self.may_choose = may_optimise and week.state != WeekState.OPTIMISING
        self.may_compare = (
            may_optimise and week.state == WeekState.PROPOSED and not self.is_comparing and bool(open_days(week))
        )

    @property
    def wishes_url(self) -> str:
        return reverse("week-wishes", args=[self.plan.pk])

    @property
    def price_url(self) -> str:
        return reverse("week-price", args=[self.plan.pk])

    @cached_property
    def price(self) -> dict:
        found = self.plan.price or {}
        return found if found.get("versions") == versions_of(self.plan) else {}

    @property
    def outcomes(self) -> list[str]:
        """As the search left the days; once one of them was changed by hand, nothing is told."""
        lever, sharing = self.price.get("lever"), self.price.get("sharing")
        texts = []
        if lever:
            texts += [_reached_text(lever), _cost_of(lever)]
        if sharing:
            texts.append(_sharing_text(sharing))
        if not texts and self.wishes and self.plan.optimised_at:
            texts.append("The days have changed since they were searched together, or it is asked for since.")
        return texts


def _reached_text(lever) -> str:
    if lever["core20"] is None or lever["rest"] is None:
        return "Reached." if lever["reached"] else "Not reached."
    if lever["reached"]:
        return "Reached: Core20 homes are covered at least as well as others."
    points = 100 * (lever["rest"] - lever["core20"])
    return f"Not reached: Core20 homes are covered {points:.1f} points less than others."


def _cost_of(lever) -> str:
    before, after = lever["travel_minutes"]
    lost = lever["served"][0] - lever["served"][1]
    if lever["searches"] == 1:
        return "It cost nothing: the best plan had it at once."
    cost = f"{signed(after - before)} minutes' travel"
    if lost > 0:
        cost += f" and {counted(lost, 'visit')} fewer"
    return f"It cost {cost} against the best plan without it ({counted(lever['searches'], 'search', 'searches')})."


def _sharing_text(sharing) -> str:
    if sharing["refused"]:
        return f"The work could not be shared out: the engine cannot state {sharing['refused']}."
    before, after = sharing["fullest"]
    if before is None or after >= before:
        return "No way was found to make the fullest day shorter without losing a visit or driving much longer."
    minutes = sharing["travel_minutes"][1] - sharing["travel_minutes"][0]
    most = percent(sharing["most_more_travel"])
    return (
        f"Work shared out: the fullest day went from {percent(before)} to {percent(after)} of the contracted time for "
        f"{signed(minutes)} minutes' travel. No visit was lost; at most {most} more travel was allowed."
    )
