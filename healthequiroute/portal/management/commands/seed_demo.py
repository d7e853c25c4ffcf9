"""`manage.py seed_demo`: the demo world, once; afterwards only what today needs."""

import time

from django.core.management.base import BaseCommand, CommandError

from accounts import demo as demo_accounts
from healthequiroute import demo


class Command(BaseCommand):
    help = "Make the fictional city, the demo trust with its people, and plans around today (demo mode only)."

    def handle(self, *args, **options):
        started = time.monotonic()
        try:
            changed = demo.seed(report=self._report)
        except (demo_accounts.NotInDemoMode, RuntimeError) as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        if not changed:
            self.stdout.write("The demo data is complete: nothing to do.")
            return
        self.stdout.write(f"Demo data ready in {time.monotonic() - started:.1f} s.")
        self.stdout.write(f"Accounts (password {demo_accounts.PASSWORD}):")
        for account in demo_accounts.ACCOUNTS:
            roles = ", ".join(role.label for role in account.roles) or "Platform administrator"
            self.stdout.write(f"  {account.email:32} {roles}")

    def _report(self, step, seconds):
        self.stderr.write(f"{step}: {seconds:.1f} s")
