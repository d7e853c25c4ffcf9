"""What allauth's second factors ask of this product: where secrets lie, and how things are called."""

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter

from ..privacy import subject_keys
from ..privacy.encryption import Undecryptable
from .devices import device_name

ABOUT = "second factor"


class MFAAdapter(DefaultMFAAdapter):
    """Keys of apps and seeds of recovery codes lie sealed under the person's own key, which erasure destroys."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That is not right, or it was used already. Try the newest code",
        "incorrect_passkey": "That was not right. Try again.",
        "cannot_generate_recovery_codes": "Recovery codes are for people with an authenticator app or a passkey.",
    }

    def encrypt(self, text: str) -> str:
        return subject_keys.encrypt_for(context.request.user, text, about=ABOUT)

    def decrypt(self, encrypted_text: str) -> str:
        text = subject_keys.decrypt(encrypted_text, about=ABOUT)
        if text is None:
            raise Undecryptable("The person of this second factor was erased.")
        return text

    def generate_authenticator_name(self, user, type) -> str:
        return device_name(context.request.headers.get("User-Agent", ""))
