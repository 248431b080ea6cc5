"""Names that no figure of a scheme may have, because the query of the scheme has them already."""

from __future__ import annotations

from clientele.tiers.scheme import MatrixScheme, QuantileScoresScheme, Scheme

_RESERVED = """
all analyse analyze and any array as asc asymmetric both case cast check collate column constraint
create default deferrable desc describe distinct do else end except false fetch for foreign from
group having in initially intersect into lambda lateral leading limit not null offset on only or
order pivot pivot_longer pivot_wider placing primary qualify references returning select show some
summarize symmetric table then to trailing true union unique unpivot using variadic when where
window with
"""
_COLUMNS = """
customer_key as_of_date rule_number tier_rank is_scored metric_total part_before customers_count
next_rule_number next_gap smallest_gap
"""
#: Words of DuckDB's SQL that are no names of columns.
SQL_WORDS = frozenset(_RESERVED.split())


def names_taken(scheme: Scheme) -> frozenset[str]:
    """Words of SQL, and the columns that the query of the scheme makes beside its figures."""
    made = {*SQL_WORDS, *_COLUMNS.split()}
    if isinstance(scheme, QuantileScoresScheme):
        made |= {f"{score.code.lower()}_score" for score in scheme.scores}
    if isinstance(scheme, MatrixScheme):
        made |= {f"{axis.code}_level" for axis in scheme.axes}
    return frozenset(made)
