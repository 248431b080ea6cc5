with

{% for scheme_id in var('schemes') %}
{{ scheme_id }}_tiers as (

    select * from {{ ref(scheme_id) }}

),
{% endfor %}
unioned as (

    {% for scheme_id in var('schemes') %}
    select * from {{ scheme_id }}_tiers
    {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    customer_key,
    as_of_date,
    scheme_id,
    scheme_version,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    deciding_criterion,
    deciding_value,
    threshold_value,
    reason_zh,
    reason_en
from unioned
