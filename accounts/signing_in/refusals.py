"""Why somebody was not signed in: a code for the audit trail, and a page with honest words for the person."""

from dataclasses import dataclass
from enum import Enum

from allauth.socialaccount.providers.oauth2.client import OAuth2Error


@dataclass(frozen=True)
class Words:
    """`heading` and `text` of a page. `{provider}` in them is the provider's name."""

    heading: str
    text: str


class Page(Enum):
    """The pages that there are. The value is the last part of their address."""

    CANCELLED = "cancelled"
    AGAIN = "start-again"
    NOT_CONFIRMED = "not-confirmed"
    UNREACHABLE = "unreachable"
    NOT_INVITED = "not-invited"
    OTHER_DOMAIN = "other-domain"
    ADDRESS = "address-not-confirmed"
    OTHER_ACCOUNT = "other-account"
    LEVEL = "level"
    IDENTITY_LEVEL = "identity-level"
    NOT_ANEW = "not-anew"
    OTHER_PERSON = "other-person"
    CONNECTED_ELSEWHERE = "connected-elsewhere"
    CLOSED = "closed"

    @property
    def words(self) -> Words:
        return _WORDS[self]

    @property
    def words_inside(self) -> Words:
        """For somebody who is signed in here and stays so: to confirm that it is them, or to connect an identity."""
        return _WORDS_INSIDE.get(self, self.words)


_WORDS = {
    Page.CANCELLED: Words("Sign-in cancelled", "You did not finish signing in with {provider}. Nothing was changed."),
    Page.AGAIN: Words(
        "Start again",
        "This sign-in took too long, was used already, or began in another browser. Start again from the sign-in page.",
    ),
    Page.NOT_CONFIRMED: Words(
        "{provider} did not confirm who you are",
        "What {provider} sent could not be verified, so you were not signed in. Try again. If it happens again, tell"
        " the people who run this portal.",
    ),
    Page.UNREACHABLE: Words(
        "{provider} cannot be reached",
        "{provider} did not answer, or not in a way that is safe to use. Try again in a few minutes.",
    ),
    Page.NOT_INVITED: Words(
        "You have no account here",
        "{provider} confirmed who you are, but nobody has made an account for your address. Ask an administrator of"
        " your organisation to add the address with which you sign in to {provider}.",
    ),
    Page.OTHER_DOMAIN: Words(
        "Use the account of your organisation",
        "You signed in with an account of {provider} that does not belong to an organisation that uses this portal."
        " Sign in with your work account.",
    ),
    Page.ADDRESS: Words(
        "Your address is not confirmed",
        "{provider} does not vouch for your email address, so it cannot be matched to an account here. Confirm the"
        " address with {provider}, or sign in another way.",
    ),
    Page.OTHER_ACCOUNT: Words(
        "This address belongs to another sign-in",
        "The account of your address is connected to a different account at {provider}. This happens when an address"
        " is given to somebody else. Ask an administrator of your organisation.",
    ),
    Page.LEVEL: Words(
        "A stronger sign-in is needed",
        "You signed in to {provider} in a way that is not strong enough for this portal. Use your smartcard, or"
        " another authenticator of the level that your organisation asks for.",
    ),
    Page.IDENTITY_LEVEL: Words(
        "{provider} does not know you well enough",
        "{provider} has not verified who you are to the level that this portal asks for. Ask your Registration"
        " Authority, or sign in another way.",
    ),
    Page.NOT_ANEW: Words(
        "You did not sign in again",
        "{provider} did not say that you have just signed in there. Try again, and sign in when {provider} asks.",
    ),
    Page.OTHER_PERSON: Words(
        "That was somebody else",
        "You signed in to {provider} with another account than the one that belongs to yours here.",
    ),
    Page.CONNECTED_ELSEWHERE: Words(
        "It cannot be connected",
        "This identity at {provider} belongs to another account here, or your account is connected to another one."
        " Ask the people who run this portal.",
    ),
    Page.CLOSED: Words(
        "This account cannot be used",
        "It has been closed. Nothing is wrong with your account at {provider}. Ask an administrator of your"
        " organisation.",
    ),
}

# Where the words above speak of signing in.
_WORDS_INSIDE = {
    Page.CANCELLED: Words("Cancelled", "You did not finish at {provider}. Nothing was changed."),
    Page.AGAIN: Words("Try again", "That took too long, was used already, or began in another browser. Try again."),
    Page.NOT_CONFIRMED: Words(
        "{provider} did not confirm who you are",
        "What {provider} sent could not be verified. Nothing was changed. Try again. If it happens again, tell the"
        " people who run this portal.",
    ),
    Page.LEVEL: Words(
        "A stronger sign-in is needed",
        "You signed in to {provider} in a way that is not strong enough for this portal. Use your smartcard, or another"
        " authenticator of the level that your organisation asks for. Nothing was changed.",
    ),
}


class Refusal(Enum):
    """Reasons: the code that the audit trail keeps, and the page that the person sees."""

    CANCELLED = "cancelled", Page.CANCELLED
    # Missing, unknown, used before, or older than ten minutes.
    STATE = "state", Page.AGAIN
    CODE = "code", Page.AGAIN
    NONCE = "nonce", Page.AGAIN
    EXPIRED = "expired", Page.AGAIN
    TOO_OLD = "too_old", Page.AGAIN
    RACE = "race", Page.AGAIN
    # The provider said that it could not.
    PROVIDER_ERROR = "provider_error", Page.NOT_CONFIRMED
    NO_TOKEN = "no_token", Page.NOT_CONFIRMED
    TOKEN = "token", Page.NOT_CONFIRMED
    ALGORITHM = "algorithm", Page.NOT_CONFIRMED
    KEY = "key", Page.NOT_CONFIRMED
    SIGNATURE = "signature", Page.NOT_CONFIRMED
    ISSUER = "issuer", Page.NOT_CONFIRMED
    AUDIENCE = "audience", Page.NOT_CONFIRMED
    NOT_YET = "not_yet", Page.NOT_CONFIRMED
    ACCESS_TOKEN = "access_token", Page.NOT_CONFIRMED
    SUBJECT = "subject", Page.NOT_CONFIRMED
    # What came back over the network.
    UNREACHABLE = "unreachable", Page.UNREACHABLE
    SLOW = "slow", Page.UNREACHABLE
    TOO_LARGE = "too_large", Page.UNREACHABLE
    REDIRECTED = "redirected", Page.UNREACHABLE
    FOREIGN_HOST = "foreign_host", Page.UNREACHABLE
    ANSWER = "answer", Page.UNREACHABLE
    # Who it is.
    NOT_INVITED = "not_invited", Page.NOT_INVITED
    DOMAIN = "domain", Page.OTHER_DOMAIN
    ADDRESS = "address", Page.ADDRESS
    OTHER_LINK = "other_link", Page.OTHER_ACCOUNT
    LEVEL = "level", Page.LEVEL
    IDENTITY_LEVEL = "identity_level", Page.IDENTITY_LEVEL
    # Somebody who is signed in, and was to sign in anew.
    NO_AUTH_TIME = "no_auth_time", Page.NOT_ANEW
    OLD_AUTH_TIME = "old_auth_time", Page.NOT_ANEW
    OTHER_PERSON = "other_person", Page.OTHER_PERSON
    TAKEN = "taken", Page.CONNECTED_ELSEWHERE
    CLOSED = "closed", Page.CLOSED

    def __init__(self, code: str, page: Page):
        self.code, self.page = code, page


class Refused(OAuth2Error):
    """A sign-in that ends here. `user` is the account that it was about, where that is certain."""

    def __init__(self, reason: Refusal, *, user=None):
        super().__init__(reason.code)
        self.reason, self.user = reason, user
