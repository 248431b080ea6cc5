{#- The changes follow from the schemes' own files, which are known once dbt compiles. -#}
{%- set sealed = source('lake', 'sealed_scheme_changes') -%}
{%- if execute -%}
{%- set rows = [] -%}
{%- for scheme_id in var('schemes') -%}
{%- set scheme = scheme_of(scheme_id) -%}
{%- for change in scheme_changes(scheme) -%}
{%- do rows.append((
    scheme.id,
    scheme.version,
    change.number,
    change.metric,
    change.unit,
    change.name.zh,
    change.name.en,
    change.tier.code,
)) -%}
{%- endfor -%}
{%- endfor -%}
with

in_use as (

    {{ constant_rows(
        [
            ('scheme_id', 'varchar'),
            ('scheme_version', 'integer'),
            ('change_number', 'integer'),
            ('metric', 'varchar'),
            ('unit', 'varchar'),
            ('name_zh', 'varchar'),
            ('name_en', 'varchar'),
            ('tier_code', 'varchar'),
        ],
        rows
    ) }}

),

sealed as (

    select distinct
        versions.scheme_id,
        versions.scheme_version,
        versions.change_number,
        versions.metric,
        versions.unit,
        versions.name_zh,
        versions.name_en,
        versions.tier_code
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
    change_number,
    metric,
    unit,
    name_zh,
    name_en,
    tier_code,
    true as is_version_in_use
from in_use

union all

select
    scheme_id,
    scheme_version,
    change_number,
    metric,
    unit,
    name_zh,
    name_en,
    tier_code,
    false as is_version_in_use
from sealed
{%- endif -%}
