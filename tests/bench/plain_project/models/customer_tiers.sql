select 'rfm_quintile' as scheme_id, member_no, tier_code from {{ ref('rfm') }}
union all
select 'abc_sales_70_20_10' as scheme_id, member_no, tier_code from {{ ref('abc') }}
