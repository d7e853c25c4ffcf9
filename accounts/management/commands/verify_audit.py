from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.trail import checking, keys, seals


class Command(BaseCommand):
    help = (
        "Recompute the chain of the audit trail and compare it with its seals. Names the first broken link and "
        "what was done there. Exits with 0 when everything holds, 1 when it does not, 2 when it could not be checked."
    )

    def add_arguments(self, parser):
        parser.add_argument("--seals", metavar="DIR", type=Path, help="folder of seals (default: AUDIT_SEAL_DIRECTORY)")
        parser.add_argument("--keys", metavar="FILE", type=Path, help="trust the public keys in this file only")
        parser.add_argument("--full", action="store_true", help="every entry, not only those since the last seal")
        parser.add_argument("--workers", type=int, default=1, help="connections that share a full check")

    def handle(self, *args, full=False, workers=1, **options):
        if not 1 <= workers <= 16:
            raise CommandError("Between 1 and 16 workers can share a check.", returncode=2)
        try:
            known = keys.known_public_keys(options["keys"]) if options["keys"] else None
            found = checking.check(full=full, folder=options["seals"], keys=known, workers=workers, report=self._report)
        except (keys.KeyProblem, seals.NoPlaceForSeals) as problem:
            raise CommandError(str(problem), returncode=2) from problem
        if not found.is_intact:
            where = "" if found.broken_sequence is None else f" at entry {found.broken_sequence}"
            raise CommandError(f"The audit trail is broken{where} ({found.kind}): {found.words}", returncode=1)
        self.stdout.write(self._summary(found))

    def _summary(self, found):
        if found.first_sequence > 1:
            checked = f"{found.last_sequence} entries; those from {found.first_sequence} on were recomputed, unbroken."
        else:
            checked = f"{found.last_sequence} entries, unbroken."
        if not found.seals:
            return f"{checked} No seals: entries cut off at the end, or a trail made anew, would not show."
        return f"{checked} {found.seals} seals, unbroken, agree."

    def _report(self, reached, last):
        if reached < last:
            self.stderr.write(f"{reached:,} of {last:,} entries")
