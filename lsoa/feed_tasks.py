"""Scheduled collection of feeds. Each feed is a task of its own: one that hangs or fails hinders no other."""

from django.conf import settings
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from accounts.audit import SystemActor

from . import services
from .feeds import demo
from .models import Feed

COLLECTOR = SystemActor("huey:collect_feeds")
# A task that waited longer than this for a worker is left out: the next round has a newer one.
EXPIRES = 120


@db_periodic_task(crontab(minute="*"))
def collect_due_feeds():
    """Every 30 seconds: cron knows whole minutes only, so the second half of each is scheduled by the first."""
    hand_out()
    hand_out_later.schedule(delay=30)


@db_task(expires=EXPIRES)
def hand_out_later():
    hand_out()


def hand_out() -> int:
    """Queue every feed that is due; one small query when none is. Returns how many."""
    due = Feed.objects.due(timezone.now())  # unscoped: the collector serves every organisation
    keys = list(due.values_list("pk", flat=True))
    for pk in keys:
        collect_one(str(pk))
    return len(keys)


@db_task(expires=EXPIRES, priority=-1)
def collect_one(feed_id: str):
    """Collect one feed if it is (still) due; people's jobs go before it."""
    feed = Feed.objects.filter(pk=feed_id).first()  # unscoped: the collector gave the task the id
    if feed is not None:
        services.collect_feed(feed=feed, by=COLLECTOR)


@db_periodic_task(crontab(hour="3", minute="41"))
def forget_readings():
    services.forget_old_readings(by=COLLECTOR)


@db_periodic_task(crontab(minute="*/5"))
def write_demo_files():
    """In the demo mode the fictional sources write on."""
    if settings.DEMO_MODE:
        demo.write_all(settings.FEED_DROP_ROOT, timezone.now())
