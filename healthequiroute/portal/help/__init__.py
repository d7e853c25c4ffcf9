"""Help for every page: topics in `topics/*.toml`, each for the URL names that it lists.

docs/preferences-and-help.md
"""

from .reading import Topic, search, topic_by_slug, topic_for, topics

__all__ = ["Topic", "search", "topic_by_slug", "topic_for", "topics"]
