"""What is written: forecasts and conversations."""
