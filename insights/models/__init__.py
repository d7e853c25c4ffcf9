"""Tables of forecasts and of conversations."""

from .conversations import MOST_SEARCHED, Conversation, Message, MessageKind, Rating, RatingReason, with_words
from .forecasts import HORIZON, ForecastModel, ForecastRun, SeriesForecast

__all__ = [
    "HORIZON",
    "MOST_SEARCHED",
    "Conversation",
    "ForecastModel",
    "ForecastRun",
    "Message",
    "MessageKind",
    "Rating",
    "RatingReason",
    "SeriesForecast",
    "with_words",
]
