"""Who may do what: one enum of permissions, one table of roles.

Pages, API, tasks and templates all ask the same predicates (`rules`), always for one organisation.
"""

from enum import StrEnum


class Permission(StrEnum):
    """What a signed-in person may be allowed to do; the value is the name that `has_perm` takes."""

    VIEW_AREAS = "areas.view"
    EXPORT_AREAS = "areas.export"
    VIEW_PLANS = "plans.view"
    EDIT_PLANS = "plans.edit"
    OPTIMISE_PLANS = "plans.optimise"
    APPROVE_PLANS = "plans.approve"
    PUBLISH_PLANS = "plans.publish"
    VIEW_OWN_ROUND = "round.view"
    RECORD_OWN_ROUND = "round.record"
    MANAGE_TEAMS = "teams.manage"
    MANAGE_PATCHES = "patches.manage"
    MANAGE_INDICATORS = "indicators.manage"
    EDIT_SCENARIOS = "scenarios.edit"
    REVIEW_SAFETY = "safety.review"
    VIEW_AUDIT = "audit.view"
    MANAGE_MEMBERS = "members.manage"
    MANAGE_API_KEYS = "api_keys.manage"
    MANAGE_WEBHOOKS = "webhooks.manage"
    MANAGE_ORGANISATION = "organisation.manage"
    MANAGE_PRIVACY = "privacy.manage"
    # Platform permissions: data and models are common to all organisations.
    LOAD_DATA = "platform.load_data"
    EDIT_MODELS = "platform.edit_models"
    PUBLISH_MODELS = "platform.publish_models"
    RECALCULATE = "platform.recalculate"
    MANAGE_ORGANISATIONS = "platform.manage_organisations"
    MANAGE_PEOPLE = "platform.manage_people"
    USE_ADMIN = "platform.admin"

    @property
    def description(self) -> str:
        """What it allows, to follow "may" or "the right to"."""
        return PERMISSION_DESCRIPTIONS[self]


PERMISSION_DESCRIPTIONS = {
    Permission.VIEW_AREAS: "see areas, priorities and their reasons",
    Permission.EXPORT_AREAS: "export areas and priorities",
    Permission.VIEW_PLANS: "see visit plans",
    Permission.EDIT_PLANS: "make and change visit plans",
    Permission.OPTIMISE_PLANS: "have visit plans optimised",
    Permission.APPROVE_PLANS: "approve visit plans",
    Permission.PUBLISH_PLANS: "publish visit plans to field staff, take them back, and close them",
    Permission.VIEW_OWN_ROUND: "see their own round",
    Permission.RECORD_OWN_ROUND: "record what happens on their own round",
    Permission.MANAGE_TEAMS: "keep teams, staff and shifts",
    Permission.MANAGE_PATCHES: "say which areas the organisation looks after",
    Permission.MANAGE_INDICATORS: "keep the organisation's own indicators",
    Permission.EDIT_SCENARIOS: "try changes of the priority model in the organisation's own scenarios",
    Permission.REVIEW_SAFETY: "review what the safety checks flagged",
    Permission.VIEW_AUDIT: "read the audit trail",
    Permission.MANAGE_MEMBERS: "add people and give or take away roles",
    Permission.MANAGE_ORGANISATION: "keep the organisation's settings",
    Permission.MANAGE_PRIVACY: "keep legal holds, and copy and erase data of people without an account",
    Permission.MANAGE_API_KEYS: "make and revoke API keys for other systems",
    Permission.MANAGE_WEBHOOKS: "tell other systems what happens, by webhooks",
    Permission.LOAD_DATA: "load open data",
    Permission.EDIT_MODELS: "edit and propose priority models",
    Permission.PUBLISH_MODELS: "publish, return and restore priority models",
    Permission.RECALCULATE: "recalculate priorities",
    Permission.MANAGE_ORGANISATIONS: "make, suspend and restore organisations, and say which features they have",
    Permission.MANAGE_PEOPLE: "look after the accounts of everybody on the platform",
    Permission.USE_ADMIN: "use the administration of the whole platform",
}
PERMISSION_NAMES = frozenset(p.value for p in Permission)
# Areas and scores are common to all organisations: who loads and publishes them may look at them without membership.
COMMON_PERMISSIONS = frozenset({Permission.VIEW_AREAS, Permission.EXPORT_AREAS})
PLATFORM_PERMISSIONS = frozenset(p for p in Permission if p.value.startswith("platform."))


class Role(StrEnum):
    """A role in one organisation; a person may hold several."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    PLANNER = "planner"
    APPROVER = "approver"
    FIELD_WORKER = "field_worker"
    SAFETY_REVIEWER = "safety_reviewer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def description(self) -> str:
        return ROLE_DESCRIPTIONS[self]


P = Permission
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({P.VIEW_AREAS}),
    Role.ANALYST: frozenset({P.VIEW_AREAS, P.EXPORT_AREAS, P.VIEW_PLANS, P.MANAGE_INDICATORS, P.EDIT_SCENARIOS}),
    Role.PLANNER: frozenset(
        {P.VIEW_AREAS, P.VIEW_PLANS, P.EDIT_PLANS, P.OPTIMISE_PLANS, P.PUBLISH_PLANS, P.MANAGE_TEAMS}
    ),
    Role.APPROVER: frozenset({P.VIEW_AREAS, P.VIEW_PLANS, P.APPROVE_PLANS, P.PUBLISH_PLANS}),
    Role.FIELD_WORKER: frozenset({P.VIEW_AREAS, P.VIEW_OWN_ROUND, P.RECORD_OWN_ROUND}),
    Role.SAFETY_REVIEWER: frozenset({P.VIEW_AREAS, P.REVIEW_SAFETY}),
    Role.AUDITOR: frozenset({P.VIEW_AREAS, P.VIEW_PLANS, P.VIEW_AUDIT}),
    Role.ADMINISTRATOR: frozenset(
        {
            P.VIEW_AREAS,
            P.MANAGE_MEMBERS,
            P.MANAGE_API_KEYS,
            P.MANAGE_WEBHOOKS,
            P.MANAGE_ORGANISATION,
            P.MANAGE_PRIVACY,
            P.MANAGE_PATCHES,
            P.MANAGE_TEAMS,
            P.MANAGE_INDICATORS,
            P.EDIT_SCENARIOS,
            P.VIEW_AUDIT,
        }
    ),
}
ROLE_DESCRIPTIONS = {
    Role.VIEWER: "Sees areas, priorities and their reasons.",
    Role.ANALYST: "Explores areas, exports data, keeps the organisation's indicators and scenarios, and reads plans.",
    Role.PLANNER: "Makes visit plans, has them optimised, publishes approved ones, and keeps teams and shifts.",
    Role.APPROVER: "Approves or rejects visit plans, and publishes them.",
    Role.FIELD_WORKER: "Sees their own round and records what happens on it.",
    Role.SAFETY_REVIEWER: "Reviews what the safety checks flagged.",
    Role.AUDITOR: "Reads the audit trail and plans, and changes nothing.",
    Role.ADMINISTRATOR: "Manages the organisation: people, settings, patches, teams, own indicators and scenarios.",
}


def permissions_of_roles(roles) -> frozenset[Permission]:
    """Union of what the roles allow. Unknown role names raise ValueError."""
    return frozenset().union(*(ROLE_PERMISSIONS[Role(role)] for role in roles))


def roles_with(permission: Permission) -> list[Role]:
    """Roles of an organisation that allow it; none for a platform permission."""
    return [role for role in Role if permission in ROLE_PERMISSIONS[role]]
