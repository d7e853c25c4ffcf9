"""What the tables of the portal are called on pages."""

from accounts.field_words import describe

describe(
    "portal.Feedback",
    "feedback",
    {"answer": "answer", "page": "page it is about", "roles": "roles of the writer", "text": "message"},
)
describe("portal.SavedView", "saved view", {"name": "name", "query": "filters it keeps"})
