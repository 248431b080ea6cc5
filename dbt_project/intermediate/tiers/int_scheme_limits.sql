{#- The limits stand in the schemes' own files, which are known once dbt compiles; what they leave out is the project's. -#}
{%- if execute -%}
{%- set rows = [] -%}
{%- for scheme_id in var('schemes') -%}
{%- set scheme = scheme_of(scheme_id) -%}
{%- set limits = dict(var('review_limits'), **scheme.get('limits', {})) -%}
{%- do rows.append((
    scheme.id,
    fraction_of(limits.downgraded),
    fraction_of(limits.upgraded),
    fraction_of(limits.falling_net_sales),
    fraction_of(limits.near_threshold),
    fraction_of(limits.near_threshold_within),
    limits.times_usual | string,
    limits.from_customers,
)) -%}
{%- endfor -%}
{{ constant_rows(
    [
        ('scheme_id', 'varchar'),
        ('downgraded_limit_ratio', 'decimal(9, 6)'),
        ('upgraded_limit_ratio', 'decimal(9, 6)'),
        ('falling_net_sales_limit_ratio', 'decimal(9, 6)'),
        ('near_threshold_limit_ratio', 'decimal(9, 6)'),
        ('near_threshold_within_ratio', 'decimal(9, 6)'),
        ('usual_limit_multiple', 'decimal(9, 4)'),
        ('limits_from_customers_count', 'bigint'),
    ],
    rows
) }}
{%- endif -%}
