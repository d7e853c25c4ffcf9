"""What accounts and the packages that it uses keep about people. docs/privacy.md; `accounts.privacy.inventory`."""

from .privacy import account_retention, accounts_duty, field_words  # noqa: F401
from .privacy.inventory import Basis, NotPersonal, OnErasure, PersonalField, PersonalPlace, declare

USER = "accounts.user"
ACCOUNT = "As long as the account; closed accounts 2 years"
TRAIL = "8 years (NHS Records Management Code)"


def _of_user(model, field, why, kept_for, on_erasure, path="user", **more):
    return PersonalField(model, field, why, kept_for, on_erasure, about={USER: path}, **more)


declare(
    _of_user("accounts.User", "email", "To sign in and to be found.", ACCOUNT, OnErasure.ANONYMISED, ""),
    _of_user("accounts.User", "full_name", "So that others see who did what.", ACCOUNT, OnErasure.ANONYMISED, ""),
    _of_user(
        *("accounts.User", "password", "To sign in (Argon2 hash).", ACCOUNT, OnErasure.CLEARED, ""),
        is_secret=True,
    ),
    _of_user(
        *("accounts.Membership", "suspended_reason", "Why rights were taken away.", ACCOUNT, OnErasure.ROW_DELETED),
        names_others=True,
    ),
    _of_user(
        *("accounts.PersonNote", "text", "What administrators must remember of an account.", ACCOUNT),
        *(OnErasure.ROW_DELETED, "person"),
        names_others=True,
    ),
    _of_user(
        *("accounts.Notification", "text", "To tell the person what happened.", "90 days after it was read"),
        OnErasure.ROW_DELETED,
        names_others=True,
    ),
    _of_user(
        *("accounts.Notification", "url", "Where it happened.", "90 days after it was read", OnErasure.ROW_DELETED),
    ),
    NotPersonal("accounts.Notification", ("kind", "about", "together"), "A fixed word, and identifiers."),
    _of_user(
        *("accounts.NotificationSettings", "choices", "What the person wants to be told of, and how.", ACCOUNT),
        OnErasure.ROW_DELETED,
    ),
    _of_user(
        *("accounts.EmailDelivery", "kind", "That an email was sent, of what kind; not its words.", "90 days"),
        OnErasure.ROW_DELETED,
    ),
    NotPersonal("accounts.EmailDelivery", ("cadence", "state", "problem"), "Fixed words and numbers."),
    _of_user(
        *(
            "accounts.NotificationRule",
            "name",
            "To know the rule again.",
            "Until it is deleted; own ones as the account",
        ),
        OnErasure.ROW_DELETED,
    ),
    _of_user(
        *("accounts.NotificationRule", "condition", "Which areas the person watches.", "As its name"),
        OnErasure.ROW_DELETED,
    ),
    NotPersonal("accounts.NotificationRule", ("trigger",), "A fixed word."),
    NotPersonal("accounts.NotificationDefaults", ("choices",), "What an organisation chose; nobody is in it."),
    NotPersonal("accounts.RuleEvaluation", ("event",), "An identifier."),
    NotPersonal(
        "accounts.WebhookEndpoint",
        ("name", "url", "events", "secret", "previous_secret", "switched_off_because"),
        "Systems, their addresses and secrets (encrypted); the page asks for no names of people.",
    ),
    NotPersonal(
        "accounts.WebhookEvent", ("type", "about", "payload"), "Identifiers and links; events declare what is in them."
    ),
    NotPersonal("accounts.WebhookDelivery", ("state",), "A fixed word."),
    NotPersonal("accounts.WebhookAttempt", ("outcome",), "What came of it, in fixed words; not the answer."),
    *(
        _of_user("accounts.Preferences", name, why, ACCOUNT, OnErasure.ROW_DELETED)
        for name, why in (
            ("theme", "To show the portal as the person reads it best."),
            ("text_size", "To show the portal as the person reads it best."),
            ("landing_page", "To open where the person works."),
            ("default_patch", "To open with the areas that the person looks after."),
        )
    ),
    *(
        _of_user(
            *("accounts.Job", name, "To do and show work in the background.", "90 days after its end"),
            *(OnErasure.REPLACED, "created_by"),
        )
        for name in ("title", "payload", "message", "url", "result", "error")
    ),
    *(
        _of_user(
            *("accounts.LegalHold", name, why, "2 years after its release", OnErasure.REPLACED),
            path=path,
            basis=Basis.LEGAL_OBLIGATION,
        )
        for name, why, path in (
            ("reason", "Why data must not be erased.", "placed_by"),
            ("reference", "To know the case again.", "placed_by"),
            ("lifted_because", "Why data need not stay any longer.", "lifted_by"),
        )
    ),
    NotPersonal(
        "accounts.SubjectKey",
        ("subject_type", "subject_id", "wrapped_key"),
        "Identifiers and a key that is wrapped; what it opens is declared where it lies.",
    ),
    NotPersonal(
        "accounts.LegalHold",
        ("subject_type", "subject_id"),
        "Identifiers; they say nothing once the person is erased.",
    ),
    NotPersonal(
        "accounts.Organisation",
        (
            *("name", "ods_code", "sign_in_domains", "suspended_reason"),
            *("travel_profile", "privacy_contact", "retention_days"),
        ),
        "About organisations; the page asks for no names, and for a mailbox that is nobody's own.",
    ),
    _of_user(
        *(
            "accounts.TokenFamily",
            "password_mark",
            "Ends tokens when the password changes.",
            "Until a day after 12 hours",
        ),
        OnErasure.ROW_DELETED,
        is_secret=True,
    ),
    NotPersonal("accounts.TokenFamily", ("current", "ended_because"), "An identifier, and a fixed word."),
    NotPersonal(
        "accounts.ApiKey",
        ("name", "prefix", "secret_digest", "previous_digest", "scopes", "networks"),
        "Systems and their networks; the page asks for no names of people. Who made a key is an identifier.",
    ),
    NotPersonal("accounts.ApiKeyUsage", ("operation",), "Name of an operation of the API."),
    NotPersonal("accounts.Job", ("kind",), "What is done, in one word."),
    NotPersonal("accounts.AuditCheck", ("kind", "head", "words"), "What a check of the trail found: numbers, digests."),
    PersonalField(
        *("accounts.UnusualBehaviour", "actor_id", "Whose doings were noticed, by pseudonym.", "2 years after the day"),
        OnErasure.KEPT,
        basis=Basis.LEGAL_OBLIGATION,
    ),
    _of_user(
        *("accounts.UnusualBehaviour", "note", "What was found out; it may name people.", "2 years after the day"),
        OnErasure.REPLACED,
        path="decided_by",
        basis=Basis.LEGAL_OBLIGATION,
        names_others=True,
    ),
    NotPersonal("accounts.FlagOverride", ("flag",), "Name of a feature."),
    NotPersonal("accounts.Membership", ("roles",), "Fixed names of roles."),
    NotPersonal("accounts.AccessConfirmation", ("roles",), "Fixed names of roles; whose they are is an identifier."),
    PersonalField(
        *("accounts.AuditEvent", "actor_id", "To prove who did what, by pseudonym.", TRAIL, OnErasure.KEPT),
        basis=Basis.LEGAL_OBLIGATION,
    ),
    PersonalField(
        *("accounts.AuditEvent", "details", "Identifiers and figures of what was done.", TRAIL, OnErasure.KEPT),
        basis=Basis.LEGAL_OBLIGATION,
    ),
    NotPersonal(
        "accounts.AuditEvent",
        ("action", "target_type", "target_id", "request_id", "previous_digest", "digest"),
        "Identifiers, fixed words and digests.",
    ),
)

# Packages.
declare(
    _of_user("account.EmailAddress", "email", "Kept by the sign-in package.", ACCOUNT, OnErasure.ROW_DELETED),
    _of_user(
        *("account.EmailConfirmation", "key", "Kept by the sign-in package; not used.", ACCOUNT),
        *(OnErasure.ROW_DELETED, "email_address__user"),
        is_secret=True,
    ),
    _of_user(
        *("socialaccount.SocialAccount", "uid", "To know the account at the provider again.", ACCOUNT),
        OnErasure.ROW_DELETED,
    ),
    _of_user(
        *("socialaccount.SocialAccount", "extra_data", "What the provider said at sign-in.", ACCOUNT),
        OnErasure.ROW_DELETED,
    ),
    *(
        _of_user(
            *("socialaccount.SocialToken", name, "Kept by the sign-in package; not used.", ACCOUNT),
            *(OnErasure.ROW_DELETED, "account__user"),
            is_secret=True,
        )
        for name in ("token", "token_secret")
    ),
    _of_user(
        *("admin.LogEntry", "object_repr", "What a platform administrator changed.", "2 years", OnErasure.REPLACED),
    ),
    _of_user(
        *("admin.LogEntry", "change_message", "What a platform administrator changed.", "2 years"),
        OnErasure.REPLACED,
    ),
    *(
        _of_user(
            *("accounts.Session", name, "To stay signed in; device and address, shown to the person."),
            *("Until it ends, 12 hours at most", OnErasure.ROW_DELETED),
            is_secret=True,
        )
        for name in ("session_data", "session_key")
    ),
    _of_user(
        *("mfa.Authenticator", "data", "A second factor: its key, sealed for the person, or its public key.", ACCOUNT),
        OnErasure.ROW_DELETED,
        is_secret=True,
    ),
    NotPersonal("mfa.Authenticator", ("type",), "A fixed word."),
    NotPersonal("socialaccount.SocialAccount", ("provider",), "Name of the provider."),
    NotPersonal("socialaccount.SocialApp", ("*",), "Settings of providers."),
    NotPersonal("admin.LogEntry", ("object_id",), "An identifier."),
    NotPersonal("pghistory.Context", ("metadata",), "Pseudonyms and identifiers: on whose behalf rows were changed."),
    NotPersonal("auth.Permission", ("*",), "Names of the framework."),
    NotPersonal("auth.Group", ("*",), "Not used."),
    NotPersonal("contenttypes.ContentType", ("*",), "Names of tables."),
)

declare(
    PersonalPlace(
        "Logs",
        "Identifiers of people and requests. Email addresses, postcodes, tokens and session ids are masked.",
        "To find what went wrong.",
        "As the log platform is set; 90 days are recommended",
        "identifiers that lead nowhere",
    ),
    PersonalPlace(
        "Redis: cache",
        "Counts of tries to sign in, travel times between places as keyed hashes, drawn map tiles.",
        "Speed, and limits on guessing.",
        "Minutes to 14 days",
        "entries of the person are deleted",
    ),
    PersonalPlace(
        "Redis: queue", "Identifiers of jobs.", "To hand work to workers.", "Until it is done", "holds identifiers only"
    ),
    PersonalPlace(
        "Files: copies of one's own data",
        "Everything that is kept about a person, made when they ask.",
        "Right of access.",
        "24 hours",
        "deleted",
        Basis.LEGAL_OBLIGATION,
    ),
    PersonalPlace(
        "Browser",
        "The session cookie; on a phone with an open round, the round of the day and what was not sent yet.",
        "To stay signed in; to work without a connection.",
        "12 hours; until the round is over",
        "the session ends, the phone deletes it at the next contact",
    ),
)
