-- What a scheme decided, in words. The table of any scheme may stand where two_of_three does.
with

tiers as (

    select * from {{ ref('two_of_three') }}

),

rules as (

    select * from {{ ref('int_scheme_rules') }}

),

changes as (

    select * from {{ ref('int_scheme_changes') }}

)

select
    tiers.*,
    rules.tier_code,
    rules.tier_name_zh,
    rules.tier_name_en,
    rules.deciding_criterion,
    rules.threshold_value,
    {{ reason_sql('zh', 'rules', 'tiers.deciding_value') }} as reason_zh,
    {{ reason_sql('en', 'rules', 'tiers.deciding_value') }} as reason_en,
    changes.metric as change_metric,
    changes.tier_code as change_tier_code
from tiers
inner join rules
    on
        tiers.scheme_id = rules.scheme_id
        and tiers.rule_number = rules.rule_number
left join changes
    on
        tiers.scheme_id = changes.scheme_id
        and tiers.change_number = changes.change_number
