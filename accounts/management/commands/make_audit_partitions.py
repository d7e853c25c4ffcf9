from django.core.management.base import BaseCommand

from accounts.trail import partitions
from accounts.trail.recording import SystemActor


class Command(BaseCommand):
    help = "Make partitions of the audit trail for the next millions of entries. The worker does this by itself."

    def add_arguments(self, parser):
        parser.add_argument("--ahead", type=int, default=partitions.AHEAD, help="millions of entries (1 to 10)")

    def handle(self, *args, ahead, **options):
        made = partitions.make_ahead(ahead, by=SystemActor("command:make_audit_partitions"))
        self.stdout.write(f"{made} made; there is room for {partitions.entries_left()} more entries.")
