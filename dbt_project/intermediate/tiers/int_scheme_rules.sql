{#- The rules stand in the schemes' own files, which are known once dbt compiles. -#}
{%- set sealed = source('lake', 'sealed_scheme_rules') -%}
{%- if execute -%}
{%- set rows = [] -%}
{%- for scheme_id in var('schemes') -%}
{%- set scheme = scheme_of(scheme_id) -%}
{%- for rule in scheme_rules(scheme) -%}
{%- do rows.append((
    scheme.id,
    scheme.version,
    rule.number,
    rule.tier.code,
    rule.tier.rank,
    rule.tier.name.zh,
    rule.tier.name.en,
    rule.criterion,
    rule.threshold | string if rule.threshold is not none else none,
    rule.get('is_upper_threshold', false),
    rule.figure_kind,
    rule.zh[0],
    rule.zh[1],
    rule.en[0],
    rule.en[1],
)) -%}
{%- endfor -%}
{%- endfor -%}
{{ constants_of_versions(
    [
        ('scheme_id', 'varchar'),
        ('scheme_version', 'integer'),
        ('rule_number', 'integer'),
        ('tier_code', 'varchar'),
        ('tier_rank', 'integer'),
        ('tier_name_zh', 'varchar'),
        ('tier_name_en', 'varchar'),
        ('deciding_criterion', 'varchar'),
        ('threshold_value', 'decimal(28, 6)'),
        ('is_upper_threshold', 'boolean'),
        ('figure_kind', 'varchar'),
        ('reason_zh_start', 'varchar'),
        ('reason_zh_end', 'varchar'),
        ('reason_en_start', 'varchar'),
        ('reason_en_end', 'varchar'),
    ],
    rows,
    sealed
) }}
{%- endif -%}
