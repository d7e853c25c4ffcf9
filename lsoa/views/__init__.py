"""Pages about the data: datasets, figures, quality, and files handed in."""
