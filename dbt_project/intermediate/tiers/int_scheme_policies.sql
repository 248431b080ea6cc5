{#- The policies stand in the schemes' own files, which are known once dbt compiles. -#}
{%- if execute -%}
{%- set rows = [] -%}
{%- for scheme_id in schemes_in_use(has_policy=true) -%}
{%- set scheme = scheme_of(scheme_id) -%}
{%- set policy = movement_policy(scheme) -%}
{%- set ranks = scheme.tiers | map(attribute='rank') | sort -%}
{%- for rank in ranks -%}
{%- do rows.append((
    scheme.id,
    rank,
    ranks[loop.index0 - 1] if not loop.first else none,
    ranks[0],
    rank in policy.immediate_ranks,
    policy.is_daily,
    policy.is_anniversary,
    policy.review_calendar,
    policy.has_own_days,
    policy.immediate_ranks | length > 0,
    policy.downgrade,
    policy.grace_days,
    policy.minimum_hold_months,
    policy.holds_to_end_of_next_year,
    policy.maximum_downgrades_count,
    policy.maximum_downgrades_months,
)) -%}
{%- endfor -%}
{%- endfor -%}
{{ constant_rows(
    [
        ('scheme_id', 'varchar'),
        ('tier_rank', 'integer'),
        ('rank_below', 'integer'),
        ('base_rank', 'integer'),
        ('is_immediate', 'boolean'),
        ('is_daily', 'boolean'),
        ('is_anniversary', 'boolean'),
        ('review_calendar', 'varchar'),
        ('has_own_days', 'boolean'),
        ('has_immediate_tiers', 'boolean'),
        ('downgrade', 'varchar'),
        ('grace_days', 'integer'),
        ('minimum_hold_months', 'integer'),
        ('holds_to_end_of_next_year', 'boolean'),
        ('maximum_downgrades_count', 'integer'),
        ('maximum_downgrades_months', 'integer'),
    ],
    rows
) }}
{%- endif -%}
