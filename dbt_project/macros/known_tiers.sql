{#-
  The tiers of all described schemes, in use or not: `select scheme_id, tier_code`. Written from the scheme files while
  dbt compiles; parsing knows no graph yet.
-#}
{% macro known_tiers() -%}
    {%- set tiers = [] -%}
    {%- if execute -%}
        {%- for model in graph.get('nodes', {}).values() | sort(attribute='unique_id') -%}
            {%- set scheme = (model.config.meta or {}).get('scheme') -%}
            {%- if scheme -%}
                {%- for tier in scheme.tiers -%}
                    {%- do tiers.append((scheme.id, tier.code)) -%}
                {%- endfor -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for scheme_id, tier_code in tiers %}
    select
        '{{ scheme_id }}' as scheme_id,
        '{{ tier_code }}' as tier_code
    {{ "union all" if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as scheme_id,
        cast(null as varchar) as tier_code
    where false
    {%- endfor %}
{%- endmacro %}
