"""Words for groups of actions, kinds of pages that show people, and what is filtered."""

GROUP_WORDS = {
    "sign_in": "Signing in",
    "member": "Members and their roles",
    "access_review": "Reviews of access",
    "personal_data": "Readings of personal data",
    "preferences": "People's own settings",
    "job": "Background work",
    "webhook": "Webhooks",
    "notification_rule": "Rules about areas",
    "admin": "Changes in the administration",
    "token": "Access tokens",
    "model": "Priority models",
    "plan": "Visit plans",
    "feedback": "Feedback about pages",
    "audit": "The audit trail itself",
    "unusual": "Unusual behaviour",
}

# What `record_reading` calls pages, files and answers; the beginning of a key stands for those that are not listed.
PAGE_WORDS = {
    "feedback.list": "feedback about pages",
    "members.list": "the list of members",
    "reports.recipients": "who is told of a report",
    "privacy.request": "the data of somebody without an account",
    "privacy.holds": "the list of legal holds",
    "privacy.hold": "a legal hold",
    "privacy.erasure_preview": "what erasing a person would do",
    "privacy.person": "requests about a person's data",
    "members.person": "the page of a member",
    "members.review": "a review of access",
    "organisations.administrators": "the administrators of an organisation",
    "people.list": "the list of all people",
    "people.person": "the page of a person",
    "audit.person": "the audit trail of a person",
    "audit.trail": "names in the audit trail",
    "audit.rows": "names in the history of rows",
    "audit.readers": "who was shown somebody's data",
    "unusual": "whose behaviour was unusual",
    "admin": "the administration",
    "roles": "who holds which role",
    "byline": "who set the minutes of an area",
    "staff.list": "the people of a team",
    "staff.person": "the page of somebody in a team",
    "staff.rota": "the rota of a team",
    "plan": "a visit plan",
    "plan.file": "a file of a visit plan",
    "week": "a plan of several days",
    "visit": "a visit",
    "visits.list": "a list of visits",
    "equity": "the work of each person, in the figures of equity",
    "mileage": "mileage",
    "round.file": "a round as a file",
    "round.own": "their own round",
    "run_sheet": "run sheets",
    "caseload.list": "the caseload",
    "caseload.entry": "an entry of the caseload",
    "round.other": "the round of somebody else",
}


def group_text(group: str) -> str:
    return GROUP_WORDS.get(group) or group.replace("_", " ").capitalize()


def page_text(what: str) -> str:
    """Words for a kind of page; an unknown one reads as its key: "plan.stops" -> "plan stops"."""
    return PAGE_WORDS.get(what) or what.replace(".", " ").replace("_", " ")
