"""What the worker does for the portal. Huey knows only the tasks that are imported."""

from . import prepared  # noqa: F401
from .reports import making  # noqa: F401
