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
{{ constants_of_versions(
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
    rows,
    sealed
) }}
{%- endif -%}
