"""Forecasts of many series at once, with intervals that were measured. Pure: arrays go in, arrays come out."""

from .accuracy import Accuracy
from .engine import FLAGS, LEAST_MONTHS, VERSION, Choice, Forecasts, choose, forecast
from .panel import BadPanel, Panel
from .rolling import Rolling
from .settings import MEMBERS, Settings

__all__ = [
    "FLAGS",
    "LEAST_MONTHS",
    "MEMBERS",
    "VERSION",
    "Accuracy",
    "BadPanel",
    "Choice",
    "Forecasts",
    "Panel",
    "Rolling",
    "Settings",
    "choose",
    "forecast",
]
