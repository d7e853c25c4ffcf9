import sys
from getpass import getpass

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts import audit, services
from accounts.models import Organisation, User
from accounts.permissions import Role
from accounts.signing_in import passwords

ACTOR = audit.SystemActor("command:create_first_administrator")


class Command(BaseCommand):
    help = "Make the first platform administrator, who makes everybody else. Refused once there is one."

    def add_arguments(self, parser):
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="", help="full name")
        parser.add_argument("--organisation", help="also make this organisation and its administrator")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        parser.add_argument(
            "--force", action="store_true", help="make another one although there is one, e.g. when all are locked out"
        )

    def handle(self, *args, email, name, organisation, password_stdin, force, **options):
        email = self._checked_address(email)
        existing = User.objects.filter(is_platform_administrator=True, is_active=True, is_demo=False)
        if existing.exists() and not force:
            raise CommandError(
                "There is a platform administrator already. They can make others; --force makes one more."
            )
        if organisation and Organisation.objects.filter(name=organisation).exists():
            raise CommandError(f"There is an organisation named {organisation} already.")
        password = self._password(password_stdin, User(email=email, full_name=name))
        with transaction.atomic():
            user = services.create_user(
                email=email, full_name=name, password=password, is_platform_administrator=True, by=ACTOR
            )
            if not settings.LOCAL_PASSWORDS:
                # Nobody else could let them in.
                passwords.name_break_glass(user=user, by=ACTOR)
            if organisation:
                made = services.create_organisation(name=organisation, by=ACTOR)
                services.grant_roles(user=user, organisation=made, roles=[Role.ADMINISTRATOR], by=ACTOR)
            audit.record(action="platform.first_administrator", by=ACTOR, target=user, details={"forced": force})
        self.stdout.write(f"{email} is a platform administrator and can sign in.")

    def _checked_address(self, email):
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an email address.") from error
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email} has an account already; an administrator can change it.")
        return email

    def _password(self, from_stdin, user):
        password = sys.stdin.readline().rstrip("\n") if from_stdin else getpass("Password: ")
        if not from_stdin and password != getpass("Password again: "):
            raise CommandError("The passwords differ.")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password
