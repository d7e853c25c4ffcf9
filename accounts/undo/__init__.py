"""Taking back what somebody has just done, in place of asking whether they are sure. docs/pages.md says where.

    with undo.keeping(request, kind="absence", thing=absence, back=url, done="The absence is back.") as kept:
        services.remove_absence(absence=absence, by=request.user)
    messages.success(request, "The absence is removed.", extra_tags=kept.tag)

`keeping` remembers for ten minutes how the rows were, sealed and for this person alone; `take_back` writes them again
exactly as they were, when nobody has touched them since.
"""

from .keeping import MINUTES, Kept, keeping
from .kinds import Kind, register_kind
from .refusal import UndoRefused
from .taking_back import take_back

__all__ = ["MINUTES", "Kept", "Kind", "UndoRefused", "keeping", "register_kind", "take_back"]
