"""The portal's own tables, one module for each part of it."""

from .saved_views import DefaultView, SavedView, SeenMarker, ViewPage

__all__ = ["DefaultView", "SavedView", "SeenMarker", "ViewPage"]
