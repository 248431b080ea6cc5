{#
    cumulative_share: the part of the metric's total that customers with more of it hold together.
    rank_share: the part of the customers that has more of the metric.
    Customers with equal values stand in one block and get what its first member gets. Shares are compared as
    products of exact numbers; a total of zero or less leaves no shares, and everybody is in the last tier.
#}

{% macro cumulative_share_placed(scheme) -%}
ranked as (

    select
        customer_key,
        as_of_date,
        sum(cast({{ scheme.metric }} as decimal(28, 4))) over on_date as metric_total,
        sum(cast({{ scheme.metric }} as decimal(28, 4))) over highest_first
        - sum(cast({{ scheme.metric }} as decimal(28, 4))) over own_block as part_before
    from customer_values
    window
        on_date as (partition by as_of_date),
        highest_first as (
            partition by as_of_date
            order by {{ scheme.metric }} desc
            range between unbounded preceding and current row
        ),
        own_block as (
            partition by as_of_date
            order by {{ scheme.metric }} desc
            range between current row and current row
        )

),

{{ placed_by_share(scheme, 'metric_total', truncated_percentage('part_before', 'metric_total')) }}
{%- endmacro %}


{% macro rank_share_placed(scheme) -%}
ranked as (

    select
        customer_key,
        as_of_date,
        sum(cast({{ scheme.metric }} as decimal(28, 4))) over on_date as metric_total,
        count(*) over on_date as customers_count,
        rank() over (partition by as_of_date order by {{ scheme.metric }} desc) - 1 as part_before
    from customer_values
    window on_date as (partition by as_of_date)

),

{{ placed_by_share(
    scheme, 'customers_count', truncated_percentage_of_counts('part_before', 'customers_count')
) }}
{%- endmacro %}


{% macro placed_by_share(scheme, whole, share_before_pct) -%}
placed as (

    select
        customer_key,
        as_of_date,
        case
            when metric_total <= 0 then 0
            {%- for tier in scheme.tiers[:-1] %}
            when part_before * 100 < {{ whole }} * {{ tier.share_under | replace('%', '') }} then {{ loop.index }}
            {%- endfor %}
            else {{ scheme.tiers | length }}
        end as rule_number,
        case
            when metric_total <= 0 then cast(metric_total as decimal(28, 6))
            else cast({{ share_before_pct }} as decimal(28, 6))
        end as deciding_value
    from ranked

)
{%- endmacro %}


{% macro cumulative_share_rules(scheme) %}
{{ return(share_rules(scheme, 'cumulative_share_before_pct', {
    'zh': '排在此客户之前的累计占比为 ',
    'en': 'Cumulative share before this customer is ',
})) }}
{% endmacro %}


{% macro rank_share_rules(scheme) %}
{{ return(share_rules(scheme, 'customers_share_before_pct', {
    'zh': '排在此客户之前的顾客占比为 ',
    'en': 'Share of customers before this one is ',
})) }}
{% endmacro %}


{% macro share_rules(scheme, criterion, start) %}
{%- set name = basis_entry(scheme, scheme.metric).name -%}
{%- set rules = [{
    'number': 0,
    'tier': scheme.tiers | last,
    'criterion': scheme.metric ~ '_total',
    'threshold': 0,
    'figure_kind': figure_kind_of(scheme, scheme.metric),
    'zh': ('全体' ~ name.zh ~ '合计为 ', '，不超过 0，没有可比的占比。'),
    'en': (name.en ~ ' of everybody together: ', ', not over 0, so there is no share to compare.'),
}] -%}
{%- for tier in scheme.tiers -%}
{%- set cut = tier.share_under if not loop.last else scheme.tiers[-2].share_under -%}
{%- do rules.append({
    'number': loop.index,
    'tier': tier,
    'criterion': criterion,
    'threshold': cut | replace('%', ''),
    'figure_kind': 'percentage',
    'zh': (start.zh, '%，' ~ ('不低于 ' if loop.last else '低于 ') ~ cut ~ '。'),
    'en': (start.en, '%, ' ~ ('at least ' if loop.last else 'under ') ~ cut ~ '.'),
}) -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}
