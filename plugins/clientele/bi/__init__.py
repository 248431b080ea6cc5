"""BI that just connects: datasets, metrics and dashboards over the published tables, as a Superset bundle.

Declared once here, in Chinese and English; names, types and descriptions of columns come from the contracts
of the dbt models. ``clientele bi bundle`` writes the bundle, ``bi/superset/import_bundle.py`` imports it.
"""
