from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from accounts.models import User
from accounts.signing_in import passwords

ACTOR = audit.SystemActor("command:break_glass")


class Command(BaseCommand):
    help = "Emergency accounts: their password works although LOCAL_PASSWORDS is off. Without an address: list them."

    def add_arguments(self, parser):
        parser.add_argument("email", nargs="?", help="address of the account to name")
        parser.add_argument("--end", action="store_true", help="it is no emergency account any more")

    def handle(self, *args, email, end, **options):
        if email is None:
            for address in User.objects.filter(is_break_glass=True).order_by("email").values_list("email", flat=True):
                self.stdout.write(address)
            return
        user = User.objects.filter(email=email.strip().lower(), is_demo=False).first()
        if user is None:
            raise CommandError(f"{email} has no account.")
        if end:
            passwords.end_break_glass(user=user, by=ACTOR)
            return
        if not user.has_usable_password():
            raise CommandError(f"{email} has no password. Give it one first: manage.py changepassword {email}")
        passwords.name_break_glass(user=user, by=ACTOR)
