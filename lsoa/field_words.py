"""What the tables of open data are called on pages."""

from accounts.field_words import describe

describe("lsoa.Upload", "uploaded files", {"names": "file names", "options": "what was chosen for them"})
