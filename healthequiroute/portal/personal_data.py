"""What the portal keeps about people: the views that they named. docs/privacy.md; `accounts.privacy.inventory`."""

from accounts.privacy.inventory import NotPersonal, OnErasure, PersonalField, declare

from . import field_words  # noqa: F401
from .feedback import retention  # noqa: F401
from .reports import retention as report_retention  # noqa: F401

USER = "accounts.user"
FEEDBACK = "A year after it was settled, two after it was sent"
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
    *(
        PersonalField(
            *("portal.Feedback", name, why, FEEDBACK),
            OnErasure.ROW_DELETED,
            about={USER: "written_by"},
            **more,
        )
        for name, why, more in (
            ("text", "To know what somebody said about a page; it may name people.", {"names_others": True}),
            ("answer", "To tell the person what was answered; it may name people.", {"names_others": True}),
            ("page", "To know which page it is about.", {}),
            ("roles", "To know how the person works with the page.", {}),
        )
    ),
    NotPersonal("portal.Feedback", ("kind", "state"), "Fixed words."),
    NotPersonal("portal.SavedView", ("page",), "A fixed word."),
    NotPersonal("portal.DefaultView", ("page",), "A fixed word; whose it is is an identifier."),
    NotPersonal("portal.Report", ("name", "kind", "span", "cadence"), "What is reported, about a team or a patch."),
    NotPersonal("portal.ReportEdition", ("state", "problem"), "Fixed words, and why it could not be made."),
    NotPersonal("portal.ReportEdition", ("content",), "Figures under the small-number rule; documents name nobody."),
)
