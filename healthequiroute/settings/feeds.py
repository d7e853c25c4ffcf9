"""Live feeds and downloads of open data."""

from .environment import BASE_DIR, env

# Folders of file drops lie below this one; nothing outside it is read.
FEED_DROP_ROOT = env.path("FEED_DROP_ROOT", BASE_DIR / ".local" / "feeds")
# Hosts that feeds may ask although their addresses are private.
FEED_PRIVATE_HOSTS = env.list("FEED_PRIVATE_HOSTS", [])
FEED_READINGS_DAYS = env.int("FEED_READINGS_DAYS", 90)
FEED_MOST_BYTES = env.int("FEED_MOST_BYTES", 5_000_000)
FEED_SECONDS = env.int("FEED_SECONDS", 20)
# Through which manage.py fetch_open_data goes out; empty: directly.
DOWNLOAD_PROXY = env.str("DOWNLOAD_PROXY", "")
