"""Seals encrypted fields anew under the first key of FIELD_ENCRYPTION_KEYS."""

import sys

from django.core.management.base import BaseCommand

from accounts.audit import SystemActor
from accounts.privacy.rotation import rotate, under_older_keys


class Command(BaseCommand):
    help = (
        "Wraps every person's key and encrypts every other text anew under the first key of FIELD_ENCRYPTION_KEYS. "
        "Can be stopped and started again. When it has ended without loss, the older keys can be taken away."
    )

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=500, help="Rows in one transaction.")

        parser.add_argument("--check", action="store_true", help="Only count what older keys sealed.")

    def handle(self, *args, batch, check, **options):
        if check:
            counts = under_older_keys()
            for name, count in counts.items():
                self.stdout.write(f"{name}: {count} under an older key.")
            sys.exit(1 if counts else 0)
        done = rotate(by=SystemActor("command:rotate_field_keys"), batch=batch)
        if options["verbosity"]:
            self.stdout.write(f"{done.keys} keys of people and {done.texts} texts were sealed anew.")
        for name in done.lost:
            self.stderr.write(f"No key of FIELD_ENCRYPTION_KEYS opens {name}.")
        if done.lost:
            sys.exit(1)
