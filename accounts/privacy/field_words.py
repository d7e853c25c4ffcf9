"""What the tables of accounts, and of the packages that it uses, are called on pages."""

from ..field_words import describe

describe("account.EmailAddress", "sign-in address", {"email": "email address"})
describe("account.EmailConfirmation", "confirmation of an email address", {"key": "key in the link"})
describe(
    "accounts.AuditEvent",
    "audit trail",
    {"actor_id": "who did it, by pseudonym", "details": "details of what was done"},
)
describe("accounts.EmailDelivery", "emails sent to you", {"kind": "what kind of email it was"})
describe(
    "accounts.Job",
    "background work",
    {
        "error": "what went wrong",
        "message": "progress in words",
        "payload": "what was asked for",
        "result": "what came of it",
        "title": "title",
        "url": "link to the page it is for",
    },
)
describe(
    "accounts.LegalHold",
    "legal hold",
    {"lifted_because": "why it was released", "reason": "why it was placed", "reference": "case reference"},
)
describe(
    "accounts.Membership",
    "membership of an organisation",
    {
        "user": "person",
        "organisation": "organisation",
        "roles": "roles",
        "suspended_at": "suspended on",
        "suspended_reason": "why it was suspended",
    },
)
describe("accounts.Notification", "notification", {"text": "text", "url": "link"})
describe("accounts.NotificationRule", "notification rule", {"condition": "areas and changes to watch", "name": "name"})
describe("accounts.NotificationSettings", "notification settings", {"choices": "what to be told about, and how"})
describe(
    "accounts.Organisation",
    "organisation",
    {
        "name": "name",
        "ods_code": "ODS code",
        "sign_in_domains": "email domains of new people",
        "most_members": "most members",
        "most_api_keys": "most API keys",
        "most_plans_per_day": "most plans made on one day",
        "suspended_at": "suspended on",
    },
)
describe("accounts.PersonNote", "administrators’ note", {"text": "text"})
describe(
    "accounts.Preferences",
    "your settings",
    {
        "default_patch": "your patch",
        "landing_page": "page after signing in",
        "text_size": "text size",
        "theme": "colours",
    },
)
describe(
    "accounts.Session",
    "signed-in device",
    {"session_data": "device, network address and time of use", "session_key": "key in the cookie"},
)
describe("accounts.TokenFamily", "sign-in token", {"password_mark": "mark of the password"})
describe(
    "accounts.UnusualBehaviour",
    "unusual behaviour",
    {"actor_id": "who it was, by pseudonym", "note": "what was found out"},
)
describe(
    "accounts.User",
    "account",
    {
        "email": "email address",
        "full_name": "full name",
        "password": "password",
        "is_active": "can be used",
        "is_platform_administrator": "platform administrator",
        "is_break_glass": "emergency account",
        "is_demo": "demo account",
    },
)
describe(
    "admin.LogEntry",
    "change on the administration pages",
    {"change_message": "what was changed", "object_repr": "name of the thing that was changed"},
)
describe("mfa.Authenticator", "second factor", {"data": "key"})
describe(
    "socialaccount.SocialAccount",
    "account with a sign-in provider",
    {"extra_data": "what the provider told us", "uid": "identifier with the provider"},
)
describe(
    "socialaccount.SocialToken",
    "token from a sign-in provider",
    {"token": "token", "token_secret": "secret of the token"},
)
