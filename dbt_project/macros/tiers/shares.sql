{#
    cumulative_share: the part of the metric's total that customers with more of it hold together.
    rank_share: the part of the customers that has more of the metric.
    Customers with equal values stand in one block and get what its first member gets. Shares are compared as
    products of exact numbers; a total of zero or less leaves no shares, and everybody is in the last tier.
#}

{# The customers with the same figure, together: where many are equal, there is little to sort. #}
{% macro blocks_sql(scheme, source) -%}
select
        as_of_date,
        {{ scheme.metric }},
        sum(cast({{ scheme.metric }} as decimal(28, 4))) as block_total
    from {{ source }}
    group by as_of_date, {{ scheme.metric }}
{%- endmacro %}


{% macro blocks_in_order_sql(scheme) -%}
select
        as_of_date,
        {{ scheme.metric }},
        sum(block_total) over (partition by as_of_date) as metric_total,
        sum(block_total) over (
            partition by as_of_date
            order by {{ scheme.metric }} desc
            rows between unbounded preceding and current row
        ) - block_total as part_before
    from blocks
{%- endmacro %}


{% macro cumulative_share_stage(scheme, source) -%}
select
        {{ source }}.*,
        blocks_in_order.metric_total,
        blocks_in_order.part_before
    from {{ source }}
    inner join blocks_in_order
        on
            {{ source }}.as_of_date = blocks_in_order.as_of_date
            and {{ source }}.{{ scheme.metric }} = blocks_in_order.{{ scheme.metric }}
{%- endmacro %}


{% macro rank_share_stage(scheme, source) -%}
select
        *,
        sum(cast({{ scheme.metric }} as decimal(28, 4))) over on_date as metric_total,
        count(*) over on_date as customers_count,
        rank() over (partition by as_of_date order by {{ scheme.metric }} desc) - 1 as part_before
    from {{ source }}
    window on_date as (partition by as_of_date)
{%- endmacro %}


{% macro cumulative_share_rules(scheme) %}
{{ return(share_rules(
    scheme,
    'cumulative_share_before_pct',
    'metric_total',
    truncated_percentage('part_before', 'metric_total'),
    {'zh': '排在此客户之前的累计占比为 ', 'en': 'Cumulative share before this customer is '}
)) }}
{% endmacro %}


{% macro rank_share_rules(scheme) %}
{{ return(share_rules(
    scheme,
    'customers_share_before_pct',
    'customers_count',
    truncated_percentage_of_counts('part_before', 'customers_count'),
    {'zh': '排在此客户之前的顾客占比为 ', 'en': 'Share of customers before this one is '}
)) }}
{% endmacro %}


{% macro share_rules(scheme, criterion, whole, share_before_pct, start) %}
{%- set name = basis_entry(scheme, scheme.metric).name -%}
{%- set rules = [{
    'number': 0,
    'tier': scheme.tiers | last,
    'condition': 'metric_total <= 0',
    'value': 'metric_total',
    'criterion': scheme.metric ~ '_total',
    'threshold': 0,
    'is_upper_threshold': true,
    'figure_kind': figure_kind_of(scheme, scheme.metric),
    'zh': ('全体' ~ name.zh ~ '合计为 ', '，不超过 0，没有可比的占比。'),
    'en': (name.en ~ ' of everybody together: ', ', not over 0, so there is no share to compare.'),
}] -%}
{%- for tier in scheme.tiers -%}
{%- set cut = (tier if not loop.last else scheme.tiers[-2]).share_under | replace('%', '') -%}
{%- do rules.append({
    'number': loop.index,
    'tier': tier,
    'condition': 'part_before * 100 < ' ~ whole ~ ' * ' ~ cut if not loop.last,
    'value': share_before_pct,
    'criterion': criterion,
    'threshold': cut,
    'is_upper_threshold': true,
    'figure_kind': 'percentage',
    'zh': (start.zh, '%，' ~ ('不低于 ' if loop.last else '低于 ') ~ cut ~ '%。'),
    'en': (start.en, '%, ' ~ ('at least ' if loop.last else 'under ') ~ cut ~ '%.'),
}) -%}
{%- endfor -%}
{{ return(rules) }}
{% endmacro %}


{# To the lowest figure that the next higher tier holds now. Enough: whoever equals a customer stands in one block. #}
{% macro share_changes(scheme) %}
{%- set changes = [] -%}
{%- for tier in scheme.tiers[:-1] -%}
{%- do changes.append(dict(changed_figure(scheme, scheme.metric), number=loop.index, tier=tier)) -%}
{%- endfor -%}
{{ return(changes) }}
{% endmacro %}
