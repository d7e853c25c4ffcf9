"""The fictional sources of a demonstration."""

from django.conf import settings
from django.utils import timezone

from lsoa.feeds import demo
from lsoa.models import Feed

from .feeds import collect_feed, create_feed

NAMES = {
    "ae_attendances": "A&E departments of Aldermoor",
    "ambulance_demand": "Ambulance service of the Isles",
    "staff_absence": "Community staff absence",
    "weather_alerts": "Weather alerts for the Isles",
}


def make_demo_feeds(*, by) -> list[Feed]:
    """Drop files of every fictional source, make the feeds that read them (once) and read them. Returns the feeds."""
    demo.write_all(settings.FEED_DROP_ROOT, timezone.now())
    feeds = []
    for subject, name in NAMES.items():
        feed = Feed.objects.filter(organisation=None, name=name).first()
        if feed is None:
            feed = create_feed(
                name=name,
                subject=subject,
                provider=Feed.Provider.FILE_DROP,
                location=demo.folder_of(subject),
                interval_seconds=300,
                stale_after_seconds=172_800 if subject == "weather_alerts" else 3_600,
                is_fictional=True,
                by=by,
            )
        collect_feed(feed=feed, by=by, now_or_never=True)
        feeds.append(feed)
    return feeds
