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
{{ constants_of_versions(
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
    rows,
    sealed
) }}
{%- endif -%}
