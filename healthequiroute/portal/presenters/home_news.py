"""What changed since somebody last looked, in words."""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from accounts.kept_answers import kept_answer

from ..dashboard.news import Since, news_since
from ..query import PriorityQuery
from ..selection import Selection
from . import wording


@dataclass(frozen=True)
class NewsItem:
    url: str
    text: str
    detail: str


class NewsPanel:
    """`patch`: the name in addresses of the one to begin with, "" for the first. Which changes there were is kept while
    all that it was read from says the same (`accounts.kept_answers`).
    """

    def __init__(self, user, organisation, *, patch: str, with_plans: bool):
        self.since = Since.of(user, organisation)
        self.patch, self.organisation, self.with_plans = patch, organisation, with_plans

    @cached_property
    def items(self) -> list[NewsItem]:
        organisation = self.organisation and str(self.organisation.pk)
        name = ("news", organisation, self.patch, self.with_plans, self.since.moment.isoformat())
        return [NewsItem(**item) for item in json.loads(kept_answer(name, self._told)["items"])]

    def _told(self) -> dict[str, str]:
        told = _Told(self.since.moment, self.organisation, self.patch, with_plans=self.with_plans)
        return {"items": json.dumps([asdict(item) for item in told.items])}

    @property
    def since_text(self) -> str:
        if self.since.seen:
            return f"Since {wording.moment(self.since.moment)}, when you marked it as seen."
        return f"In the last four weeks, since {wording.day(self.since.moment)}."

    @property
    def announcement(self) -> str:
        number = len(self.items)
        return f"{number} change{'s' if number != 1 else ''}." if number else "Nothing has changed."

    @property
    def is_just_seen(self) -> bool:
        return self.since.seen and (timezone.now() - self.since.moment).total_seconds() < 3600


class _Told:
    """What changed, as items."""

    def __init__(self, since, organisation, patch: str, *, with_plans: bool):
        self.patch = Selection(PriorityQuery(patch=patch), organisation).patch
        self._news = news_since(since, organisation=organisation, patch=self.patch, with_plans=with_plans)

    @property
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
