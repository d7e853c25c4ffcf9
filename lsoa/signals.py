"""Signals by which this app tells upper apps what happened."""

from django.dispatch import Signal

# Sent after commit with `dataset` (lsoa.models.Dataset) when a publication has been loaded.
dataset_loaded = Signal()
