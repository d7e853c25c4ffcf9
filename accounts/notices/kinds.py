"""What people can be told of. Each app registers its kinds in `AppConfig.ready()`."""

from dataclasses import dataclass
from enum import StrEnum

from ..access import allowed
from ..models.notifications import EmailCadence
from ..permissions import PLATFORM_PERMISSIONS, Permission


class Importance(StrEnum):
    """Urgent: may not be switched off in the portal, and emails of it come at quiet hours too. Important: may not be
    switched off in the portal. Ordinary: whatever the person chooses.
    """

    URGENT = "urgent"
    IMPORTANT = "important"
    ORDINARY = "ordinary"


@dataclass(frozen=True)
class Kind:
    """`label` and `description` stand on the page of settings, and are all that an email says. `permission`: who is
    told of it (None: whoever it is about). `email`: what holds where nobody chose.
    """

    code: str
    label: str
    description: str
    group: str
    importance: Importance = Importance.ORDINARY
    email: str = EmailCadence.OFF
    in_app: bool = True
    permission: Permission | None = None

    @property
    def always_in_app(self) -> bool:
        return self.importance != Importance.ORDINARY

    @property
    def is_of_platform(self) -> bool:
        return self.permission in PLATFORM_PERMISSIONS

    def reaches(self, user, organisation) -> bool:
        """Whether the person can be told of it at all."""
        if self.permission is None:
            return True
        return allowed(user, self.permission, organisation)


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Call in AppConfig.ready(). ValueError when another kind has the code."""
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"Two kinds of notifications are called {kind.code}.")
    _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    """KeyError for a code that nobody registered."""
    return _kinds[code]


def label_of(code: str) -> str:
    """Also for kinds of rows that no app registers any more."""
    return _kinds[code].label if code in _kinds else OTHER.label


def all_kinds() -> list[Kind]:
    """By group, then the most important first."""
    order = list(Importance)
    return sorted(_kinds.values(), key=lambda kind: (kind.group, order.index(kind.importance), kind.label))


def kinds_for(user, organisation) -> list[Kind]:
    """What this person can be told of, working in this organisation."""
    return [kind for kind in all_kinds() if kind.reaches(user, organisation)]


def kinds_of_organisations() -> list[Kind]:
    """What an organisation's administrators can give defaults for."""
    return [kind for kind in all_kinds() if not kind.is_of_platform]


ACCOUNT, PEOPLE, PLATFORM = "Your account", "The organisation", "The platform"
OTHER = Kind("other", "Other messages", "What belongs to no other kind.", ACCOUNT)


# Kinds of this app.
OWN = (
    OTHER,
    Kind(
        "account.security",
        "Security of your account",
        "Your password, second factor, ways of signing in or tokens were changed or misused.",
        ACCOUNT,
        Importance.IMPORTANT,
        EmailCadence.IMMEDIATE,
    ),
    Kind(
        "job.finished",
        "Work in the background is done",
        "What you started has ended, well or not.",
        ACCOUNT,
    ),
    # Goes to those alone whom the report names: an email is what they expect of it.
    Kind(
        "report.ready",
        "A report is ready",
        "A report that names you as one of its readers can be fetched.",
        ACCOUNT,
        email=EmailCadence.IMMEDIATE,
    ),
    Kind(
        "api_key.expiring",
        "An API key of yours expires",
        "Two weeks before a key that you made ends.",
        ACCOUNT,
        email=EmailCadence.IMMEDIATE,
    ),
    Kind(
        "access_review.due",
        "A review of access is due",
        "Roles of the organisation's people have to be looked through.",
        PEOPLE,
        Importance.IMPORTANT,
        EmailCadence.DAILY,
        permission=Permission.MANAGE_MEMBERS,
    ),
    Kind(
        "legal_hold.review",
        "A legal hold has to be reviewed",
        "The day has come on which somebody must say whether it is still needed.",
        PEOPLE,
        Importance.IMPORTANT,
        EmailCadence.DAILY,
        permission=Permission.MANAGE_PRIVACY,
    ),
    Kind(
        "behaviour.unusual",
        "Unusual behaviour was noticed",
        "The audit trail shows more refusals, exports or readings than usual.",
        PEOPLE,
        Importance.IMPORTANT,
        EmailCadence.IMMEDIATE,
        permission=Permission.VIEW_AUDIT,
    ),
    Kind(
        "webhook.switched_off",
        "A webhook was switched off",
        "Its address failed for days, or said that it is gone.",
        PEOPLE,
        Importance.IMPORTANT,
        EmailCadence.IMMEDIATE,
        permission=Permission.MANAGE_WEBHOOKS,
    ),
    Kind(
        "platform.warning",
        "The platform needs a look",
        "A check of data, of the audit trail or of background work found something.",
        PLATFORM,
        Importance.IMPORTANT,
        EmailCadence.IMMEDIATE,
        permission=Permission.USE_ADMIN,
    ),
)


def register_own() -> None:
    for kind in OWN:
        register_kind(kind)
