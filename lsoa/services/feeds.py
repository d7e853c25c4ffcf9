"""Live feeds: who may change them, and how a reading gets from its source into the database."""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import redis
import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.access import allowed
from accounts.permissions import Permission
from lsoa.feeds.addresses import parse_address
from lsoa.feeds.answers import Contents, FeedBusy, FeedFailed
from lsoa.feeds.file_drop import FileDrop
from lsoa.feeds.http import Http
from lsoa.feeds.limits import SourceLimits
from lsoa.feeds.reader import read_answer
from lsoa.models import Feed, FeedReading

log = structlog.get_logger(__name__)

EDITABLE = (
    "name", "subject", "provider", "location", "organisation", "interval_seconds", "stale_after_seconds",
    "is_fictional",
)  # fmt: skip
# What changes where or how a feed is read: what was remembered of the old place is forgotten.
PLACE = {"provider", "location", "subject"}
REMEMBERED_FILES = 50
# A source that fails is tried less and less often, but at least this often.
LONGEST_BACK_OFF = 3_600
VERSION_KEY = "feeds-version"


@dataclass(frozen=True)
class Collected:
    """What became of one attempt. `state`: read, unchanged, failed, resting, not_due."""

    feed: Feed
    state: str
    message: str = ""
    readings: int = 0

    @property
    def ok(self) -> bool:
        return self.state != "failed"


@transaction.atomic
def create_feed(*, by, **fields) -> Feed:
    """A new feed, due at once. Raises PermissionDenied for people who may not load data, ValidationError naming the
    fields that are wrong."""
    _check_right(by)
    feed = Feed(**_known(fields))
    _check(feed)
    feed.save()
    audit.record(action="feed.created", by=by, organisation=feed.organisation, target=feed, details=_details(feed))
    _changed()
    return feed


@transaction.atomic
def change_feed(*, feed: Feed, by, **fields) -> Feed:
    """Change a feed; nothing is recorded when nothing differs. Raises as `create_feed` does."""
    _check_right(by)
    feed = Feed.objects.select_for_update().get(pk=feed.pk)
    changed = [name for name, value in _known(fields).items() if getattr(feed, name) != value]
    if not changed:
        return feed
    for name in changed:
        setattr(feed, name, fields[name])
    if PLACE & set(changed):
        feed.fingerprint, feed.processed, feed.failures, feed.last_error = "", [], 0, ""
    feed.due_at = None
    _check(feed)
    feed.save()
    details = {"changed": sorted(changed)}
    audit.record(action="feed.changed", by=by, organisation=feed.organisation, target=feed, details=details)
    _changed()
    return feed


@transaction.atomic
def switch_feed(*, feed: Feed, enabled: bool, by) -> Feed:
    """Switch a feed on (it is due at once) or off (its readings stay)."""
    _check_right(by)
    feed = Feed.objects.select_for_update().get(pk=feed.pk)
    if feed.is_enabled != enabled:
        feed.is_enabled, feed.due_at = enabled, None
        feed.save(update_fields=["is_enabled", "due_at"])
        action = "feed.enabled" if enabled else "feed.disabled"
        audit.record(action=action, by=by, organisation=feed.organisation, target=feed)
        _changed()
    return feed


def collect_feed(*, feed: Feed, by, now_or_never: bool = False) -> Collected:
    """Ask one source if it is due (or `now_or_never`: although it is not). Never raises for what a source does: the
    outcome and the feed say what happened, and the last good readings stay."""
    now = timezone.now()
    if not _claim(feed, now, now_or_never):
        return Collected(feed, "not_due")
    feed.refresh_from_db()
    try:
        wait = _wait_of(feed, now, now_or_never)
        if wait:
            _due(feed, now, wait)
            return Collected(feed, "resting", f"asked again in {wait:.0f} seconds")
        answer = _provider(feed, now).fetch(feed.fingerprint, frozenset(feed.processed))
        contents = None if answer is None else read_answer(answer, feed.subject, now)
    except FeedFailed as failure:
        return _failed(feed, failure, now, by)
    except redis.RedisError as error:
        return _failed(feed, FeedFailed(f"Redis, which keeps the limits, could not be reached: {error}"), now, by)
    except Exception as error:
        # A mistake of ours: this feed shows it, the log has its trace, the other feeds go on.
        log.exception("feed_collection_broke", feed=str(feed.pk))
        return _failed(feed, FeedFailed(f"Unexpected: {type(error).__name__}."), now, by)
    return _succeeded(feed, answer, contents, now, by)


def collect_feeds(*, feeds, by, now_or_never: bool = False) -> list[Collected]:
    """Collect several feeds one after the other."""
    return [collect_feed(feed=feed, by=by, now_or_never=now_or_never) for feed in feeds]


def forget_old_readings(*, by) -> int:
    """Delete readings older than FEED_READINGS_DAYS, unless they are alerts that still last; returns how many."""
    before = timezone.now() - timedelta(days=settings.FEED_READINGS_DAYS)
    over = Q(valid_until__isnull=True) | Q(valid_until__lt=timezone.now())
    with transaction.atomic():
        deleted, _ = FeedReading.objects.filter(over, observed_at__lt=before).delete()
        if deleted:
            audit.record(action="feed.readings_forgotten", by=by, details={"readings": deleted})
    return deleted


def _claim(feed, now, anyway) -> bool:
    """Take the feed for this attempt: of several workers that try, one gets it."""
    due = Q() if anyway else Q(due_at__isnull=True) | Q(due_at__lte=now)
    # Nothing is asked on behalf of an organisation that is suspended.
    in_force = Q(organisation__isnull=True) | Q(organisation__suspended_at__isnull=True)
    mine = Feed.objects.filter(due, in_force, pk=feed.pk, is_enabled=True)
    return bool(mine.update(due_at=now + timedelta(seconds=feed.interval_seconds)))


def _wait_of(feed, now, anyway) -> float:
    """Seconds for which the source must not be asked: it rests after failures, or was asked often enough.
    A person who asks for it now overrules the rest, not the rate."""
    breaker, bucket = _breaker(feed), _bucket(feed)
    if not anyway:
        wait = breaker.enter(now.timestamp())
        if wait:
            return wait
    return bucket.take(now.timestamp())


def _client():
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)


def _breaker(feed) -> SourceLimits:
    """Kept per feed: a wrong address at a host says nothing about the other feeds of that host."""
    prefix = settings.CACHES["default"].get("KEY_PREFIX", "her")
    return SourceLimits(_client(), prefix, f"feed:{feed.pk}", attempt=settings.FEED_SECONDS + 30)


def _bucket(feed) -> SourceLimits:
    """Kept per host (or folder): two feeds of one host share what it may be asked."""
    prefix = settings.CACHES["default"].get("KEY_PREFIX", "her")
    source = parse_address(feed.location).source if feed.provider == Feed.Provider.HTTP else f"folder:{feed.location}"
    return SourceLimits(_client(), prefix, source)


def _provider(feed, now):
    if feed.provider == Feed.Provider.HTTP:
        return Http(
            feed.location,
            private_hosts=frozenset(settings.FEED_PRIVATE_HOSTS),
            most_bytes=settings.FEED_MOST_BYTES,
            seconds=settings.FEED_SECONDS,
        )
    return FileDrop(
        feed.location, root=Path(settings.FEED_DROP_ROOT), now=time.time(), most_bytes=settings.FEED_MOST_BYTES
    )


def _due(feed, now, seconds: float) -> None:
    Feed.objects.filter(pk=feed.pk).update(due_at=now + timedelta(seconds=max(1.0, seconds)))


def _failed(feed, failure: FeedFailed, now, by) -> Collected:
    """Keep what is known, say why, and come back later the more often it fails."""
    wait = 0.0
    try:
        wait = _breaker(feed).failed(now.timestamp())
    except redis.RedisError:
        log.warning("feed_limits_unreachable", feed=str(feed.pk))
    if isinstance(failure, FeedBusy):
        wait = max(wait, failure.retry_after)
    with transaction.atomic():
        feed = Feed.objects.select_for_update().get(pk=feed.pk)
        feed.attempted_at, feed.failures, feed.last_error = now, feed.failures + 1, str(failure)[:500]
        feed.due_at = now + timedelta(seconds=max(wait, feed.interval_seconds))
        feed.save(update_fields=["attempted_at", "failures", "last_error", "due_at"])
        if feed.failures == 1:
            audit.record(action="feed.failed", by=by, organisation=feed.organisation, target=feed)
    _changed()
    log.warning("feed_failed", feed=str(feed.pk), failures=feed.failures, reason=feed.last_error)
    return Collected(feed, "failed", feed.last_error)


def _succeeded(feed, answer, contents: Contents | None, now, by) -> Collected:
    _breaker(feed).succeeded()
    with transaction.atomic():
        feed = Feed.objects.select_for_update().get(pk=feed.pk)
        recovered = feed.failures > 0
        feed.attempted_at = feed.succeeded_at = now
        feed.failures, feed.last_error = 0, ""
        if contents is not None:
            _store(feed, contents.readings, now)
            feed.fingerprint = answer.fingerprint
            feed.refused, feed.problems = contents.refused, contents.problems
            if feed.provider == Feed.Provider.FILE_DROP:
                feed.processed = [answer.fingerprint, *feed.processed][:REMEMBERED_FILES]
        feed.save()
        if recovered:
            audit.record(action="feed.recovered", by=by, organisation=feed.organisation, target=feed)
    _changed()
    if contents is None:
        return Collected(feed, "unchanged", "nothing new")
    return Collected(feed, "read", _summary(contents), len(contents.readings))


def _store(feed, readings, now) -> None:
    """Write readings; one of the same measure, place and time is corrected."""
    FeedReading.objects.bulk_create(
        [
            FeedReading(
                feed=feed,
                fetched_at=now,
                **{name: getattr(reading, name) for name in ("observed_at", "measure", *_CORRECTED)},
                place_code=reading.place_code,
            )
            for reading in readings
        ],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["feed", "measure", "place_code", "observed_at"],
        update_fields=[*_CORRECTED, "fetched_at"],
    )


_CORRECTED = ("value", "unit", "text", "valid_until", "place_name")


def _summary(contents: Contents) -> str:
    number = len(contents.readings)
    text = f"{number:,} reading{'' if number == 1 else 's'}"
    return f"{text}, {contents.refused:,} refused: {contents.problems[0]}" if contents.refused else text


def _check_right(by) -> None:
    if not isinstance(by, audit.SystemActor) and not allowed(by, Permission.LOAD_DATA):
        raise PermissionDenied("Feeds are for platform administrators.")


def _known(fields: dict) -> dict:
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"a feed has no editable {sorted(unknown)}")
    return fields


def _check(feed) -> None:
    """Raises ValidationError naming the field."""
    feed.full_clean(exclude=["due_at", "attempted_at", "succeeded_at"], validate_constraints=True)
    try:
        if feed.provider == Feed.Provider.HTTP:
            parse_address(feed.location)
        elif Path(feed.location).is_absolute() or ".." in Path(feed.location).parts:
            raise FeedFailed("Give a folder below the one for dropped files, such as ambulance/live.")
    except FeedFailed as failure:
        raise ValidationError({"location": str(failure)}) from failure


def _details(feed) -> dict:
    return {"subject": feed.subject, "provider": feed.provider, "interval_seconds": feed.interval_seconds}


def _changed() -> None:
    """Pages that keep the feeds for a while look again."""
    transaction.on_commit(lambda: cache.set(VERSION_KEY, time.time_ns(), None))
