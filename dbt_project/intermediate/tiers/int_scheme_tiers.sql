{#- The tiers stand in the schemes' own files, which are known once dbt compiles. -#}
{%- set sealed = source('lake', 'sealed_scheme_tiers') -%}
{%- if execute -%}
{%- set rows = [] -%}
{%- for scheme_id in var('schemes') -%}
{%- set scheme = scheme_of(scheme_id) -%}
{%- for tier in scheme.tiers -%}
{%- do rows.append((
    scheme.id,
    scheme.version,
    scheme.title.zh,
    scheme.title.en,
    tier.code,
    tier.rank,
    tier.name.zh,
    tier.name.en,
)) -%}
{%- endfor -%}
{%- endfor -%}
with

in_use as (

    {{ constant_rows(
        [
            ('scheme_id', 'varchar'),
            ('scheme_version', 'integer'),
            ('scheme_title_zh', 'varchar'),
            ('scheme_title_en', 'varchar'),
            ('tier_code', 'varchar'),
            ('tier_rank', 'integer'),
            ('tier_name_zh', 'varchar'),
            ('tier_name_en', 'varchar'),
        ],
        rows
    ) }}

),

sealed as (

    select distinct
        versions.scheme_id,
        versions.scheme_version,
        versions.scheme_title_zh,
        versions.scheme_title_en,
        versions.tier_code,
        versions.tier_rank,
        versions.tier_name_zh,
        versions.tier_name_en
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
    scheme_title_zh,
    scheme_title_en,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    true as is_version_in_use
from in_use

union all

select
    scheme_id,
    scheme_version,
    scheme_title_zh,
    scheme_title_en,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    false as is_version_in_use
from sealed
{%- endif -%}
