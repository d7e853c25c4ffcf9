"""A fictional trust with one person per role, for trying the product out."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from . import services
from .models import Organisation, User
from .permissions import Role

ORGANISATION = "Aldermoor Community Health NHS Trust"
ODS_CODE = "DEMO1"
DOMAIN = "aldermoor.example"
# Known to everybody, which is why demo accounts are worth nothing outside the demo mode (User.may_act).
PASSWORD = "aldermoor-demo-only"  # noqa: S105


@dataclass(frozen=True)
class DemoAccount:
    name: str
    full_name: str
    roles: tuple[Role, ...] = ()
    platform_administrator: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@{DOMAIN}"


# A drawing of who there is: eight roles, of which the analyst and the approver may also look at plans,
# and two platform administrators, because publishing a model takes two.
ACCOUNTS = [
    DemoAccount("planner", "Priya Planner", (Role.PLANNER,)),
    DemoAccount("approver", "Alex Approver", (Role.APPROVER,)),
    DemoAccount("analyst", "Anwen Analyst", (Role.ANALYST,)),
    DemoAccount("viewer", "Vikram Viewer", (Role.VIEWER,)),
    DemoAccount("fieldworker", "Femi Fieldworker", (Role.FIELD_WORKER,)),
    DemoAccount("safety", "Siân Safety", (Role.SAFETY_REVIEWER,)),
    DemoAccount("auditor", "Olu Auditor", (Role.AUDITOR,)),
    DemoAccount("admin", "Ada Administrator", (Role.ADMINISTRATOR,)),
    DemoAccount("platform1", "Petra Platform", platform_administrator=True),
    DemoAccount("platform2", "Piotr Platform", platform_administrator=True),
]


class NotInDemoMode(RuntimeError):
    """Demo accounts are made in demo mode only."""


@transaction.atomic
def create_demo_accounts(*, by, organisation: Organisation | None = None) -> Organisation:
    """The demo organisation with its people; does nothing for those that exist. NotInDemoMode otherwise."""
    if not settings.DEMO_MODE:
        raise NotInDemoMode("Set DEMO_MODE=true to make demo accounts.")
    organisation = organisation or Organisation.objects.filter(name=ORGANISATION).first()
    if organisation is None:
        organisation = services.create_organisation(name=ORGANISATION, ods_code=ODS_CODE, by=by)
    for account in ACCOUNTS:
        user = User.objects.filter(email=account.email).first()
        if user is None:
            user = services.create_user(
                email=account.email,
                full_name=account.full_name,
                password=PASSWORD,
                is_demo=True,
                is_platform_administrator=account.platform_administrator,
                by=by,
            )
        if account.roles and not user.memberships.filter(organisation=organisation).exists():
            services.grant_roles(user=user, organisation=organisation, roles=account.roles, by=by)
    return organisation
