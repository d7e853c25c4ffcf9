"""What the tables of open data are called on pages."""

from accounts.field_words import describe

describe("lsoa.Upload", "files handed in", {"names": "file names", "options": "what was chosen for them"})
