"""Pages of visit planning."""
