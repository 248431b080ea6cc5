"""Customer values and customer tiers from a shop's exports: ingest, build, check, publish."""

__version__ = "0.2.0"
