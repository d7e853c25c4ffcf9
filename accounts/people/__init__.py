"""Looking after people and organisations: settings, limits, features, members in bulk, notes, timelines."""
