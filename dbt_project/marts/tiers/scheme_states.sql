{#- What a scheme needs stands in its own file, which is known once dbt compiles. -#}
{%- set feeds_present = ref('int_feeds_present') -%}
{%- set scheme_dates = ref('int_scheme_dates') -%}
{%- set customer_tiers = ref('customer_tiers') -%}
{%- if execute -%}
{%- set needs = [] -%}
{%- for scheme_id in var('schemes') -%}
{%- for need in scheme_of(scheme_id).get('needs', []) -%}
{%- do needs.append((scheme_id, need)) -%}
{%- endfor -%}
{%- endfor -%}
with

needs as (

    {{ constant_rows([('scheme_id', 'varchar'), ('need', 'varchar')], needs) | indent(4) }}

),

feeds_present as (

    select * from {{ feeds_present }}

),

schemes as (

    select * from {{ scheme_dates }}
    where is_current

),

missing as (

    select
        needs.scheme_id,
        {{ dbt.listagg('needs.need', "', '", 'order by needs.need') }} as missing_needs
    from needs
    left join feeds_present
        on needs.need = feeds_present.need
    where not coalesce(feeds_present.is_present, false)
    group by needs.scheme_id

),

counted as (

    select
        scheme_id,
        count(*) as customers_count
    from {{ customer_tiers }}
    group by scheme_id

)

select
    schemes.scheme_id,
    schemes.scheme_version,
    case
        when missing.scheme_id is not null then 'missing_feed'
        when counted.scheme_id is null then 'nobody'
        else 'computed'
    end as state,
    missing.missing_needs,
    coalesce(counted.customers_count, 0) as customers_count,
    schemes.as_of_date
from schemes
left join missing
    on schemes.scheme_id = missing.scheme_id
left join counted
    on schemes.scheme_id = counted.scheme_id
{%- endif -%}
