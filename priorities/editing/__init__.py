"""A draft in an editor: its content, the changes that a form holds, and what the form shows.

The admin and the Scenario page share this. Nothing here writes: whoever saves hands ``edited.content.fields()`` to the
service. An unsaved form holds its whole state in its fields, so every post is compared with the saved draft.
"""

from priorities.editing.content import DraftContent
from priorities.editing.edits import Edited, Problem, read_edits
from priorities.editing.panels import Panels, panels

__all__ = ["DraftContent", "Edited", "Panels", "Problem", "panels", "read_edits"]
