"""What changed since somebody last looked, in words."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from ..dashboard.news import Since, news_since
from . import wording


@dataclass(frozen=True)
class NewsItem:
    url: str
    text: str
    detail: str


class NewsPanel:
    def __init__(self, user, organisation, *, patch, with_plans: bool):
        self.since = Since.of(user, organisation)
        self.patch, self.organisation, self.with_plans = patch, organisation, with_plans

    @cached_property
    def _news(self):
        return news_since(
            self.since.moment, organisation=self.organisation, patch=self.patch, with_plans=self.with_plans
        )

    @property
    def since_text(self) -> str:
        if self.since.seen:
            return f"Since {wording.moment(self.since.moment)}, when you marked it as seen."
        return f"In the last four weeks, since {wording.day(self.since.moment)}."

    @cached_property
    def items(self) -> list[NewsItem]:
        return [*self._classes(), *self._models(), *self._plans(), *self._datasets()]

    def _classes(self) -> list[NewsItem]:
        found = self._news.classes
        if found is None or not found.moved:
            return []
        asked = {"before": found.before.pk, "after": found.after.pk}
        if self.patch:
            asked["patch"] = self.patch.slug
        place = f" of {self.patch.name}" if self.patch else ""
        verb = "has" if found.moved == 1 else "have"
        return [
            NewsItem(
                f"{reverse('compare-runs')}?{urlencode(asked)}",
                f"{wording.areas(found.moved)}{place} {verb} another class",
                f"{found.rose:,} more urgent, {found.fell:,} less. {wording.moment(found.after.finished_at)}",
            )
        ]

    def _models(self) -> list[NewsItem]:
        return [
            NewsItem(
                reverse("score-runs"),
                f"{version} was published",
                f"How priorities are made. {wording.day(version.published_at)}",
            )
            for version in self._news.models
        ]

    def _plans(self) -> list[NewsItem]:
        return [
            NewsItem(
                reverse("plan", args=[plan.pk]),
                f"New plan: {plan.name}",
                f"{plan.team.name} · {plan.day.day} {plan.day:%B} · {plan.get_state_display().lower()}",
            )
            for plan in self._news.plans
        ]

    def _datasets(self) -> list[NewsItem]:
        return [
            NewsItem(reverse("dataset", args=[row.pk]), f"New data: {row}", f"Loaded {wording.day(row.loaded_at)}")
            for row in self._news.datasets
        ]

    @property
    def announcement(self) -> str:
        number = len(self.items)
        return f"{number} change{'s' if number != 1 else ''}." if number else "Nothing has changed."

    @property
    def is_just_seen(self) -> bool:
        return self.since.seen and (timezone.now() - self.since.moment).total_seconds() < 3600
