"""Writes a copy of everything that is kept about one person."""

import sys
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import BaseCommand

from accounts import audit
from accounts.models import User
from accounts.privacy import copies
from accounts.privacy.subjects import kinds, person_of, person_of_account


class Command(BaseCommand):
    help = "Writes everything that is kept about a person (data.json, data.html, data.csv) into a ZIP file."

    def add_arguments(self, parser):
        parser.add_argument("--email", help="Address of the account.")
        parser.add_argument("--kind", choices=sorted(kinds), help="Of somebody without account: which table.")
        parser.add_argument("--id", help="... and which row.")
        parser.add_argument("--output", required=True, type=Path, help="ZIP file to write; must not exist.")

    def handle(self, *args, email, kind, id, output, **options):
        if bool(email) == bool(kind and id):
            self.stderr.write("Give --email, or --kind and --id.")
            sys.exit(2)
        try:
            person = person_of_account(User.objects.get(email=email.lower())) if email else person_of(kind, id)
        except (ObjectDoesNotExist, ValidationError):
            self.stderr.write("Nobody was found by that.")
            sys.exit(1)
        except ValueError as error:
            self.stderr.write(f"{error} Use --email.")
            sys.exit(1)
        if output.exists():
            self.stderr.write(f"{output} exists already.")
            sys.exit(1)
        output.touch(mode=0o600)
        output.write_bytes(copies.as_zip(copies.collect(person)))
        by = audit.SystemActor("command:export_subject")
        audit.record(
            action="privacy.copy_made", by=by, details={"subjects": [list(each) for each in person.subjects()]}
        )
        self.stdout.write(str(output))
