"""Tables of forecasts and of conversations."""

from .conversations import Conversation, Message, MessageKind, Rating, RatingReason
from .forecasts import HORIZON, ForecastModel, ForecastRun, SeriesForecast

__all__ = [
    "HORIZON",
    "Conversation",
    "ForecastModel",
    "ForecastRun",
    "Message",
    "MessageKind",
    "Rating",
    "RatingReason",
    "SeriesForecast",
]
