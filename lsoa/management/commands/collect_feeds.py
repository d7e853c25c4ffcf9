"""manage.py collect_feeds [NAME ...]: ask live sources now."""

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from lsoa import services
from lsoa.models import Feed

ACTOR = SystemActor("command:collect_feeds")


class Command(BaseCommand):
    help = "Ask the feeds that are due, or those that are named although they are not. Exit 1 when one failed."

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*", metavar="NAME", help="names of feeds; none: all that are due")

    def handle(self, *args, names, **options):
        switched_on = Feed.objects.filter(is_enabled=True)  # unscoped: the worker's round through all of them
        feeds = list(switched_on.select_related("organisation"))
        unknown = sorted(set(names) - {feed.name for feed in feeds})
        if unknown:
            raise CommandError(f"no feed that is switched on has the name {', '.join(unknown)}")
        wanted = [feed for feed in feeds if not names or feed.name in names]
        outcomes = []
        for feed in wanted:
            outcome = services.collect_feed(feed=feed, by=ACTOR, now_or_never=bool(names))
            outcomes.append(outcome)
            if outcome.state != "not_due":
                self.stdout.write(f"{feed.name}: {outcome.state.replace('_', ' ')}. {outcome.message}".rstrip(". "))
        if all(outcome.state == "not_due" for outcome in outcomes):
            self.stdout.write("no feed is due")
        failed = [outcome for outcome in outcomes if not outcome.ok]
        if failed:
            raise CommandError(f"{len(failed)} of {len(outcomes)} failed", returncode=1)
