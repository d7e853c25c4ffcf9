"""Forecasts of many series at once, with intervals that were measured. Pure: arrays go in, arrays come out."""
