"""What somebody goes to a provider of identity for, and what comes of it when they are back.

Nearly always to sign in. Somebody who is signed in goes there to confirm that it is them (step-up), or to connect an
identity of theirs with their account. Then nobody is signed in or out, whatever happens at the provider.
"""

import time
from enum import StrEnum
from urllib.parse import urlencode

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from .. import audit
from ..middleware import organisation_for
from ..safe_redirects import safe_address
from ..sessions import step_up
from . import admission, connections
from .refusals import Refusal, Refused


class Purpose(StrEnum):
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    CONNECT = "connect"


# Both ask for the person and not for the provider's memory of them; the token says whether it was done.
ANEW = {"prompt": "login", "max_age": "0"}


def remembered(request, purpose: Purpose) -> dict:
    """What lies in the session beside `state`: for what, for whom, since when."""
    return {"purpose": purpose.value, "person": str(request.user.pk), "asked_at": time.time()}


def purpose_of(state: dict | None) -> Purpose:
    return Purpose((state or {}).get("purpose", Purpose.SIGN_IN))


def finish(request, identity: admission.Identity, state: dict):
    """The answer to somebody who is back, with an identity that was verified. Refused where it is not theirs."""
    if not request.user.is_authenticated or str(request.user.pk) != state.get("person"):
        # Somebody else has signed in with this browser meanwhile.
        raise Refused(Refusal.STATE)
    if purpose_of(state) is Purpose.CONNECT:
        return _connect(request, identity)
    return _confirm(request, identity, state)


def _confirm(request, identity, state):
    user = request.user
    own = SocialAccount.objects.filter(user=user, provider=identity.provider.key, uid=identity.subject).first()
    if own is None or own.extra_data.get("issuer") != identity.provider.issuer:
        raise Refused(Refusal.OTHER_PERSON, user=user)
    admission.check_hosted_domain(identity, user)
    step_up.mark_confirmed(request, user)
    # As with every confirmation (accounts.sessions.signals): an older copy of the session's key is worth nothing.
    request.session.cycle_key()
    details = {"how": identity.provider.key}
    organisation = organisation_for(request, user)
    audit.record(action="step_up.confirmed", by=user, organisation=organisation, target=user, details=details)
    return redirect(safe_address(request, state.get("next")))


def _connect(request, identity):
    if not step_up.recently_confirmed(request):
        raise Refused(Refusal.STATE)
    connections.connect(identity, user=request.user)
    messages.success(request, f"Your identity at {identity.provider.name} is connected. You can sign in with it.")
    return redirect("connections")


def refused(request, provider: str, reason: Refused, state: dict):
    """Record it, and lead back to the page from which they went, which says why."""
    user, purpose = request.user, purpose_of(state)
    action = {Purpose.CONFIRM: "step_up.failed", Purpose.CONNECT: "sign_in.not_connected"}[purpose]
    details = {"account": audit.pseudonym_of(user), "provider": provider, "reason": reason.reason.code}
    audit.record(action=action, by=audit.SystemActor("sign-in"), target=user, details=details)
    page = {"provider": provider, "not": reason.reason.page.value}
    if purpose is Purpose.CONNECT:
        return redirect(f"{reverse('connections')}?{urlencode(page)}")
    page |= {"next": safe_address(request, state.get("next"))}
    return redirect(f"{reverse('confirm-by-signing-in')}?{urlencode(page)}")
