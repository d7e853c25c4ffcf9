"""The dashboard in words: what it is of, its cards, what can be chosen."""

from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from accounts.small_numbers.words import small_number_words

from ..dashboard import Dashboard, Span, WholeWeeks, heat_map
from ..dashboard.heatmap import HeatBy
from ..query import EVERYWHERE, PriorityQuery
from . import wording
from .heat_map import HeatPanel
from .kpi_cards import Card, cards


class DashboardPage:
    def __init__(self, found: Dashboard, *, heat: str = HeatBy.DECILE):
        self.found, self.weeks, self.selection, self.by = found, found.weeks, found.selection, HeatBy(heat)

    @property
    def place(self) -> str:
        return self.selection.patch.name if self.selection.patch else "All areas"

    @property
    def period_text(self) -> str:
        first, last = self.weeks.first_day, self.weeks.last_day
        begins = f"{first.day} {first:%B}" + (f" {first.year}" if first.year != last.year else "")
        span = self.weeks.span.label
        return f"{span[0].lower()}{span[1:]}, {begins} to {last.day} {last:%B %Y}"

    @cached_property
    def cards(self) -> list[Card]:
        return cards(self.found)

    @property
    def patch_choices(self) -> list[dict]:
        chosen = self.selection.patch
        patches = [
            {"value": "" if number == 0 else patch.slug, "text": patch.name, "is_chosen": patch == chosen}
            for number, patch in enumerate(self.selection.patches)
        ]
        everywhere = {"value": EVERYWHERE if patches else "", "text": "All areas", "is_chosen": chosen is None}
        return [*patches, everywhere]

    @property
    def span_choices(self) -> list[dict]:
        return [
            {"value": span.value, "text": span.label, "is_chosen": span == self.weeks.span, "url": self._url(span)}
            for span in Span
        ]

    def _url(self, span: Span) -> str:
        return self._address(WholeWeeks(span, self.weeks.monday))

    @property
    def earlier_url(self) -> str:
        return self._address(self.weeks.before)

    @property
    def later_url(self) -> str:
        """ "" for weeks that have not begun."""
        now = WholeWeeks.until(self.weeks.span)
        if self.weeks.monday >= now.monday:
            return ""
        step = self.weeks.monday - self.weeks.before.monday
        return self._address(WholeWeeks(self.weeks.span, min(now.monday, self.weeks.monday + step)))

    @property
    def address(self) -> str:
        return self._address(self.weeks)

    @property
    def cards_address(self) -> str:
        """The cards alone, for Home."""
        glue = "&" if "?" in self.address else "?"
        return f"{self.address}{glue}home=1"

    def _address(self, weeks: WholeWeeks, heat: str | None = None) -> str:
        heat = heat or self.by
        pairs = [("patch", self._patch_value)] if self._patch_value else []
        pairs += weeks.parameters()
        pairs += [("heat", heat)] if heat != HeatBy.DECILE else []
        return reverse("dashboard") + (f"?{urlencode(pairs)}" if pairs else "")

    @property
    def _patch_value(self) -> str:
        return next(choice["value"] for choice in self.patch_choices if choice["is_chosen"])

    @property
    def heat_choices(self) -> list[dict]:
        words = {HeatBy.DECILE: "Deprivation", HeatBy.AUTHORITY: "Local authority"}
        return [
            {"text": text, "url": self._address(self.weeks, by), "is_chosen": by == self.by}
            for by, text in words.items()
        ]

    @cached_property
    def heat(self) -> HeatPanel:
        def address(query: PriorityQuery) -> str:
            return f"{reverse('explore')}?{query.to_querystring()}"

        query = PriorityQuery(patch=self.selection.query.patch)
        return HeatPanel(heat_map(self.selection, self.by), query, self.place, address)

    @property
    def announcement(self) -> str:
        told = "; ".join(f"{card.label}: {card.value} {card.unit}".strip() for card in self.cards[:3])
        return f"{self.place}, {self.period_text}. {told}."

    @property
    def rule(self) -> str:
        return small_number_words("visits") if self.found.teams else ""

    @property
    def without_visits(self) -> str:
        """Why there are no figures about visits; "" where there are."""
        if self.found.teams:
            return ""
        if not self.found.with_visits:
            return "Figures about visits are for people who may see visit plans."
        place = "these areas" if self.selection.patch is None else self.place
        return f"No team looks after {place} yet, so there are no figures about visits."

    @property
    def areas(self) -> str:
        return wording.areas(len(self.found.areas))
