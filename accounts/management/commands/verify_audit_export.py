from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.trail import exports, keys


class Command(BaseCommand):
    help = "Check that an export of the audit trail is what its signed manifest says. Exits with 1 when it is not."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--keys", metavar="FILE", type=Path, help="trust the public keys in this file only")

    def handle(self, *args, file, **options):
        try:
            known = keys.known_public_keys(options["keys"]) if options["keys"] else None
            manifest = exports.verify(file, known)
        except keys.KeyProblem as problem:
            raise CommandError(str(problem), returncode=2) from problem
        except exports.BrokenExport as fault:
            raise CommandError(str(fault), returncode=1) from fault
        self.stdout.write(
            f"{manifest['rows']} entries ({manifest['first_sequence']} to {manifest['last_sequence']}), whole."
        )
