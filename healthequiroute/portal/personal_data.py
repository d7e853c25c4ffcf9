"""What the portal keeps about people: the views that they named. docs/privacy.md; `accounts.privacy.inventory`."""

from accounts.privacy.inventory import NotPersonal, OnErasure, PersonalField, declare

USER = "accounts.user"
VIEWS = "As long as its maker belongs to the organisation; shared ones until somebody deletes them"

declare(
    *(
        PersonalField(
            *("portal.SavedView", name, "To find a view of areas again; the text may name people.", VIEWS),
            OnErasure.REPLACED,
            about={USER: "owner"},
        )
        for name in ("name", "query")
    ),
    NotPersonal("portal.SavedView", ("page",), "A fixed word."),
    NotPersonal("portal.DefaultView", ("page",), "A fixed word; whose it is is an identifier."),
)
