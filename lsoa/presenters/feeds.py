"""Feeds as the page shows them: state and age in words, latest readings, a short trend."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from lsoa.feeds.subjects import SEVERITIES, SUBJECTS
from lsoa.models import Feed, FeedReading

TREND = timedelta(hours=24)
TREND_POINTS = 48
SEVERITY_NAMES = {number: name.capitalize() for name, number in SEVERITIES.items()}
SEVERITY_CSS = {3: "her-tag--bad", 4: "her-tag--bad", 2: "her-tag--warning"}
STATES = {
    "off": ("Switched off", "her-tag--plain"),
    "waiting": ("Not asked yet", "her-tag--plain"),
    "failing": ("Failing", "her-tag--bad"),
    "stale": ("Out of date", "her-tag--warning"),
    "fresh": ("Up to date", "her-tag--good"),
}


@dataclass
class ReadingRow:
    measure: str
    place: str
    value: str
    age: str
    observed_at: datetime
    text: str = ""
    tag_css: str = ""


@dataclass
class FeedCard:
    """One feed. `trend` is oldest first."""

    feed: Feed
    state: str
    state_text: str
    state_css: str
    age: str
    tried: str
    readings: list[ReadingRow]
    trend: list[float] = field(default_factory=list)
    trend_title: str = ""
    trend_text: str = ""

    @property
    def is_alerts(self) -> bool:
        return SUBJECTS[self.feed.subject].is_alerts


@dataclass
class SubjectGroup:
    code: str
    name: str
    cards: list[FeedCard]


def feed_board(organisation, now: datetime | None = None) -> list[SubjectGroup]:
    """Every feed that the organisation may see, by subject; four queries however many there are."""
    now = now or timezone.now()
    feeds = list(Feed.objects.visible_to(organisation).select_related("organisation"))
    latest: dict = {}
    for reading in FeedReading.objects.latest_of(feeds):
        latest.setdefault(reading.feed_id, []).append(reading)
    trends = _trends(feeds, now)
    cards = [_card(feed, latest.get(feed.pk, []), trends.get(feed.pk, {}), now) for feed in feeds]
    groups = [
        SubjectGroup(code, name, [c for c in cards if c.feed.subject == code]) for code, name in Feed.Subject.choices
    ]
    return [group for group in groups if group.cards]


def _card(feed: Feed, readings: list[FeedReading], trend: dict, now) -> FeedCard:
    newest = max((reading.observed_at for reading in readings), default=None)
    # An alert says nothing new for days: what counts is whether the source was heard.
    heard = feed.succeeded_at if SUBJECTS[feed.subject].is_alerts else newest
    state = feed_state(feed, heard, now)
    text, css = STATES[state]
    card = FeedCard(
        feed=feed,
        state=state,
        state_text=text,
        state_css=css,
        age=age_words(now - heard) if heard else "",
        tried=_tried(feed, now),
        readings=_rows(feed, readings, now),
    )
    if trend and not card.is_alerts:
        _add_trend(card, trend)
    return card


def feed_state(feed: Feed, heard: datetime | None, now: datetime) -> str:
    """off, failing, waiting, stale or fresh. `heard`: of when the newest reading is."""
    if not feed.is_enabled:
        return "off"
    if feed.failures:
        return "failing"
    if feed.succeeded_at is None:
        return "waiting"
    if heard is None or now - heard > timedelta(seconds=feed.stale_after_seconds):
        return "stale"
    return "fresh"


def age_words(age: timedelta) -> str:
    """ "just now", "12 minutes ago", "3 hours ago", "2 days ago"."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    for size, unit in ((1_440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size * (2 if size > 1 else 1):
            number = minutes // size
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return ""


def _tried(feed: Feed, now) -> str:
    if not feed.failures or feed.attempted_at is None:
        return ""
    times = "once" if feed.failures == 1 else f"{feed.failures} times in a row"
    return f"Last tried {age_words(now - feed.attempted_at)}, failed {times}: {feed.last_error}"


def _rows(feed: Feed, readings: list[FeedReading], now) -> list[ReadingRow]:
    subject = SUBJECTS[feed.subject]
    if subject.is_alerts:
        readings = [r for r in readings if r.valid_until is None or r.valid_until > now]
        return [_alert_row(r, now) for r in sorted(readings, key=lambda r: (-(r.value or 0), r.measure))]
    order = {measure.code: place for place, measure in enumerate(subject.measures)}
    readings = sorted(readings, key=lambda r: (order.get(r.measure, 99), r.place_name, r.place_code))
    return [_figure_row(subject, r, now) for r in readings]


def _figure_row(subject, reading, now) -> ReadingRow:
    measure = subject.measure(reading.measure)
    number = _number(reading.value) if reading.value is not None else ""
    unit = "%" if reading.unit == "%" else f" {_one(reading.unit) if number == '1' else reading.unit}"
    return ReadingRow(
        measure=measure.name if measure else reading.measure,
        place=reading.place_name or reading.place_code or "All places",
        value=f"{number}{unit}",
        age=age_words(now - reading.observed_at),
        observed_at=reading.observed_at,
    )


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _one(unit: str) -> str:
    """The unit of a single thing: "1 patient"."""
    return unit.removesuffix("s")


def _alert_row(reading, now) -> ReadingRow:
    return ReadingRow(
        measure=reading.measure,
        place=reading.place_name or reading.place_code or "All places",
        value=SEVERITY_NAMES.get(int(reading.value or 0), "Unknown"),
        age=age_words(now - reading.observed_at),
        observed_at=reading.observed_at,
        text=reading.text,
        tag_css=SEVERITY_CSS.get(int(reading.value or 0), "her-tag--info"),
    )


def _trends(feeds, now) -> dict:
    """{feed: {moment: sum over places}} of the first measure of each subject over the last day."""
    wanted = {feed.pk: SUBJECTS[feed.subject].measures[0].code for feed in feeds}
    readings = FeedReading.objects.filter(
        feed__in=feeds, observed_at__gt=now - TREND, measure__in=set(wanted.values()), value__isnull=False
    ).values_list("feed_id", "measure", "observed_at", "value")
    out: dict = {}
    for pk, measure, moment, value in readings:
        if measure == wanted[pk]:
            out.setdefault(pk, {}).setdefault(moment, []).append(value)
    return out


def _add_trend(card: FeedCard, trend: dict) -> None:
    measure = SUBJECTS[card.feed.subject].measures[0]
    # Rates are averaged over places, counts added up.
    combine = (lambda values: sum(values) / len(values)) if measure.unit in ("%", "minutes") else sum
    points = [combine(trend[moment]) for moment in sorted(trend)][-TREND_POINTS:]
    if len(points) < 2:
        return
    card.trend = points
    card.trend_title = f"{measure.name} of {card.feed.name}, last 24 hours"
    card.trend_text = (
        f"{len(points)} readings from {_number(min(points))} to {_number(max(points))}, the last {_number(points[-1])}."
    )
