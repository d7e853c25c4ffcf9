"""Tables of forecasts and of conversations."""

from .forecasts import HORIZON, ForecastModel, ForecastRun, SeriesForecast

__all__ = ["HORIZON", "ForecastModel", "ForecastRun", "SeriesForecast"]
