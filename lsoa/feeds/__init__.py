"""Live sources: how they are reached and what their answers mean. Knows neither Django nor the database."""
