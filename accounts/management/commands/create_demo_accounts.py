from django.core.management.base import BaseCommand, CommandError

from accounts import demo
from accounts.audit import SystemActor


class Command(BaseCommand):
    help = "Make the fictional demo organisation and its accounts (demo mode only; does nothing the second time)."

    def handle(self, *args, **options):
        try:
            organisation = demo.create_demo_accounts(by=SystemActor("command:create_demo_accounts"))
        except demo.NotInDemoMode as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{organisation.name}; password of every account: {demo.PASSWORD}")
        for account in demo.ACCOUNTS:
            roles = ", ".join(role.label for role in account.roles) or "Platform administrator"
            self.stdout.write(f"  {account.email:32} {roles}")
