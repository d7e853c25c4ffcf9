"""Lets data go whose time is over."""

from django.core.management.base import BaseCommand

from accounts.audit import SystemActor
from accounts.privacy import copy_files
from accounts.privacy.retention import apply_retention, days_of, rules


class Command(BaseCommand):
    help = (
        "Deletes or anonymises data whose period is over (RETENTION_DAYS, docs/privacy.md). Runs every night by "
        "itself; can be stopped and started again; leaves alone what a legal hold names."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go.")

    def handle(self, *args, dry_run, **options):
        by = SystemActor("command:apply_retention")
        counts = apply_retention(by=by, dry_run=dry_run, progress=self._say)
        for rule in rules():
            self.stdout.write(f"{rule.name}: {counts[rule.name]} rows older than {days_of(rule)} days. {rule.what}.")
        self.stdout.write(f"copies: {copy_files.delete_old(dry_run=dry_run)} files older than a day.")

    def _say(self, rule, done):
        self.stderr.write(f"{rule.name}: {done} so far")
