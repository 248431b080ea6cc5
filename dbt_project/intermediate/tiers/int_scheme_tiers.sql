{#- The tiers stand in the schemes' own files, which are known once dbt compiles. -#}
{%- if execute -%}
with

scheme_tiers as (

    {% for scheme_id in var('schemes') %}
    {%- set scheme = scheme_of(scheme_id) %}
    {%- set is_last_scheme = loop.last %}
    {%- for tier in scheme.tiers %}
    select
        {{ sql_text(scheme.id) }} as scheme_id,
        {{ scheme.version }} as scheme_version,
        {{ sql_text(scheme.title.zh) }} as scheme_title_zh,
        {{ sql_text(scheme.title.en) }} as scheme_title_en,
        {{ sql_text(tier.code) }} as tier_code,
        {{ tier.rank }} as tier_rank,
        {{ sql_text(tier.name.zh) }} as tier_name_zh,
        {{ sql_text(tier.name.en) }} as tier_name_en
    {{ "union all" if not (loop.last and is_last_scheme) }}
    {%- endfor %}
    {%- endfor %}

)

select
    scheme_id,
    cast(scheme_version as integer) as scheme_version,
    scheme_title_zh,
    scheme_title_en,
    tier_code,
    cast(tier_rank as integer) as tier_rank,
    tier_name_zh,
    tier_name_en
from scheme_tiers
{%- endif -%}
