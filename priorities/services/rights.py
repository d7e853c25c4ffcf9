"""Who may take which step with a version of the model."""

from accounts.access import allowed
from accounts.audit import SystemActor
from accounts.models import Organisation, User
from accounts.permissions import Permission

from .refusals import PublicationRefused


def check_editor(by, organisation: Organisation | None) -> None:
    """Refuse whoever may not edit drafts: those of an organisation, or (None) those that may come into force."""
    if isinstance(by, SystemActor):
        return
    if organisation is None:
        check_administrator(by, Permission.EDIT_MODELS)
    elif not (isinstance(by, User) and allowed(by, Permission.EDIT_SCENARIOS, organisation)):
        raise PublicationRefused(
            f"Only an analyst or administrator of {organisation} can do this: it takes the right to "
            f"{Permission.EDIT_SCENARIOS.description}."
        )


def check_administrator(by, permission: Permission) -> None:
    """Refuse everybody but a person with a right on the platform: these steps are never taken by a program."""
    if not (isinstance(by, User) and allowed(by, permission)):
        raise PublicationRefused(
            f"Only a platform administrator can do this: it takes the right to {permission.description}."
        )
