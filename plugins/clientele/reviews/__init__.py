"""Tier reviews: proposed beside what is published, decided by a person, sealed in the lake, replayed."""
