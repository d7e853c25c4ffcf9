"""`manage.py bench pages`: how fast the portal is for people, in a real browser and under a real day's load."""
