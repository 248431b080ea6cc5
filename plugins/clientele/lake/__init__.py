"""The lake: exports taken in whole, kept as text, and the log that says what was taken."""
