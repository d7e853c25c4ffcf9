from django.core.management.base import BaseCommand, CommandError

from accounts import audit

REASONS = {
    "number": "entries are missing before it",
    "link": "it does not continue from the entry before",
    "content": "its content was changed",
}


class Command(BaseCommand):
    help = "Recompute the chain of the audit trail; names the first broken entry and exits with 1 if there is one."

    def add_arguments(self, parser):
        parser.add_argument("--seal", help="also compare with a seal that was printed or logged earlier")

    def handle(self, *args, seal=None, **options):
        found = audit.verify()
        if not found.intact:
            raise CommandError(
                f"The audit trail is broken at entry {found.broken_sequence}: {REASONS[found.reason]}.", returncode=1
            )
        if seal:
            self._compare(seal)
        self.stdout.write(f"{found.events} entries, unbroken.")
        if found.events:
            self.stdout.write(f"Seal: {audit.seal(found)}")

    def _compare(self, seal):
        try:
            sequence = audit.check_seal(seal)
        except audit.BrokenSeal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Entry {sequence} is the one that was sealed.")
