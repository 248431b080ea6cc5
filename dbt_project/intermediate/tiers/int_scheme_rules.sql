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
with

in_use as (

    {{ constant_rows(
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
        rows
    ) }}

),

sealed as (

    select distinct
        versions.scheme_id,
        versions.scheme_version,
        versions.rule_number,
        versions.tier_code,
        versions.tier_rank,
        versions.tier_name_zh,
        versions.tier_name_en,
        versions.deciding_criterion,
        versions.threshold_value,
        versions.is_upper_threshold,
        versions.figure_kind,
        versions.reason_zh_start,
        versions.reason_zh_end,
        versions.reason_en_start,
        versions.reason_en_end
    from {{ sealed }} as versions
    left join in_use
        on
            versions.scheme_id = in_use.scheme_id
            and versions.scheme_version = in_use.scheme_version
    where in_use.scheme_id is null

)

select
    scheme_id,
    scheme_version,
    rule_number,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    deciding_criterion,
    threshold_value,
    is_upper_threshold,
    figure_kind,
    reason_zh_start,
    reason_zh_end,
    reason_en_start,
    reason_en_end,
    true as is_version_in_use
from in_use

union all

select
    scheme_id,
    scheme_version,
    rule_number,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    deciding_criterion,
    threshold_value,
    is_upper_threshold,
    figure_kind,
    reason_zh_start,
    reason_zh_end,
    reason_en_start,
    reason_en_end,
    false as is_version_in_use
from sealed
{%- endif -%}
