from django.core.management.base import BaseCommand, CommandError

from accounts import audit

REASONS = {
    "number": "entries are missing before it",
    "link": "it does not continue from the entry before",
    "content": "its content was changed",
}


class Command(BaseCommand):
    help = "Recompute the chain of the audit trail; names the first broken entry and exits with 1 if there is one."

    def handle(self, *args, **options):
        found = audit.verify()
        if not found.intact:
            raise CommandError(
                f"The audit trail is broken at entry {found.broken_sequence}: {REASONS[found.reason]}.", returncode=1
            )
        self.stdout.write(f"{found.events} entries, unbroken. Head: {found.head or 'none'}")
