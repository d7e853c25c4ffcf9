from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import audit
from accounts.people import organisations
from accounts.people.limits import RefusedChange

ACTOR = audit.SystemActor("command:create_organisation")


class Command(BaseCommand):
    help = (
        "Make an organisation with its first administrator, who adds everybody else. The same as /organisations/add/."
    )

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--ods-code", default="", help="code of the Organisation Data Service, e.g. RX1")
        parser.add_argument("--administrator", required=True, metavar="EMAIL")
        parser.add_argument("--administrator-name", required=True, metavar="NAME", help="full name")

    def handle(self, *args, name, ods_code, administrator, administrator_name, **options):
        try:
            validate_email(administrator.strip())
        except ValidationError as error:
            raise CommandError(f"{administrator} is not an email address.") from error
        try:
            membership = organisations.make_organisation(
                name=name,
                ods_code=ods_code,
                administrator_email=administrator.strip(),
                administrator_name=administrator_name.strip(),
                by=ACTOR,
            )
        except RefusedChange as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{membership.organisation} is there; {membership.user.email} is its administrator.")
