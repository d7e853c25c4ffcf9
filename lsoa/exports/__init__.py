"""Areas and their figures as files: CSV, GeoJSON, GeoPackage, each with its sources, licence, date and filters.

Everything is written piece by piece in the order of the page that it was asked from.
"""
