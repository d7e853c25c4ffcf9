"""Pages of Insights and Ask."""
