"""What can be taken back. Each app registers its kinds when it is ready."""

from collections.abc import Callable
from dataclasses import dataclass

from ..permissions import Permission


@dataclass(frozen=True)
class Kind:
    """`action` is what the audit trail calls it, and needs words like every action.

    `permission` is asked for anew (None: whoever did it may take it back). `check(pk)`, if given, looks at what came
    back, in the same transaction, and raises UndoRefused or a ValidationError where today's rules do not allow it.
    """

    code: str
    action: str
    permission: Permission | None = None
    check: Callable[[str], None] | None = None


kinds: dict[str, Kind] = {}


def register_kind(code: str, *, action: str, permission: Permission | None = None, check=None) -> None:
    """Call in AppConfig.ready()."""
    kinds[code] = Kind(code, action, permission, check)
