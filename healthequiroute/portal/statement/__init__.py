"""The accessibility statement: what was checked and found, from docs/assurance/accessibility-results.json."""
