"""What allauth asks its adapter about confirming: our rule of step-up holds on its pages too."""

from allauth.core import context

from .. import audit
from . import step_up


class ReauthenticationRules:
    """Part of the account adapter (accounts.signing_in.adapters)."""

    def is_reauthentication_required(self, *, app, **kwargs) -> bool:
        return not step_up.recently_confirmed(context.request)

    def get_reauthentication_methods(self, user) -> list[dict]:
        """allauth's methods in our words: {"id", "description", "url"}, the first is offered first."""
        methods = super().get_reauthentication_methods(user)
        words = {
            "reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use your authenticator app or a recovery code",
            "mfa_reauthenticate:webauthn": "Use a passkey",
        }
        return [method | {"description": words.get(method["id"], method["description"])} for method in methods]

    def record_failure(self, user) -> None:
        """Somebody could not confirm that it is them."""
        details = {"account": audit.pseudonym_of(user)}
        audit.record(action="step_up.failed", by=audit.SystemActor("sign-in"), target=user, details=details)
