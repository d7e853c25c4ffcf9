"""Tables of forecasts and of conversations."""
