"""Office hours, holidays, and who has the word."""
