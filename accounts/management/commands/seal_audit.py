from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.trail import keys, seals
from accounts.trail.recording import SystemActor


class Command(BaseCommand):
    help = "Write a signed seal over the head of the audit trail; or make the key for seals."

    def add_arguments(self, parser):
        parser.add_argument("--make-key", metavar="FILE", type=Path, help="write a new private key and its public one")

    def handle(self, *args, make_key=None, **options):
        if make_key is not None:
            self._make_key(make_key)
            return
        try:
            seal = seals.seal_now(by=SystemActor("command:seal_audit"))
        except (keys.KeyProblem, ValueError, OSError) as problem:
            raise CommandError(str(problem), returncode=1) from problem
        self.stdout.write(seal.line())

    def _make_key(self, path):
        if path.exists():
            raise CommandError(f"{path} exists; a key is never overwritten.", returncode=1)
        key = keys.make_key(path)
        self.stdout.write(f"{keys.key_id(key.public_key())}: private key in {path}, public key in {path}.pub")
