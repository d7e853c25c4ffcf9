"""Priorities in the API: scores by area, and the runs that made them."""

from .runs import RunViewSet
from .scores import PriorityViewSet


def register(router) -> None:
    """Add this app's routes to the API root."""
    router.register("priorities/runs", RunViewSet, basename="score-run")
    router.register("priorities", PriorityViewSet, basename="priority")
