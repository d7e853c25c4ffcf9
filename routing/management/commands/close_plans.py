"""Close published plans of days that are over."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from routing.civil_time import today
from routing.services import close_past_plans

ACTOR = audit.SystemActor("command:close_plans")


class Command(BaseCommand):
    help = (
        "Close published plans of days before today (Europe/London), or before --before: what was done stays done, "
        "every other visit is open again. The worker does the same every night."
    )

    def add_arguments(self, parser):
        parser.add_argument("--before", metavar="YYYY-MM-DD", help="a day up to today")

    def handle(self, *args, before, **options):
        day = _day(before) if before else today()
        closed = close_past_plans(before=day, by=ACTOR)
        for plan in closed:
            self.stdout.write(f"{plan.day}  {plan.name}")
        self.stderr.write(f"{len(closed)} plan{'' if len(closed) == 1 else 's'} closed.")


def _day(text) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--before: a day such as 2026-11-23 is expected, found {text!r}.") from error
    if day > today():
        raise CommandError(f"--before: {day} lies ahead; a plan is closed once its day is over.")
    return day
