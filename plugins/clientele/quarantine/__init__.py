"""Rows that were set aside: listing them, looking at one, and bringing repaired ones back."""
