{# What leads from the values of customers to everything that the rules of a scheme look at. #}

{#
    The stages of a scheme, each a select from the one before: the population, the scheme's own figures, places among all
    customers, who referred whom, and what the method measures. `relations` as scheme_relations names them.
#}
{% macro scheme_stages(scheme, relations) %}
{%- set stages = [{'name': 'customer_values', 'sql': population_sql(scheme, relations, basis_columns(scheme))}] -%}
{%- if scheme.get('figures') -%}
{%- if counted_figures(scheme) -%}
{%- do stages.append({'name': 'visits_counted', 'sql': visits_counted_sql(scheme, relations.visits)}) -%}
{%- endif -%}
{%- do stages.append({'name': 'figured', 'sql': figured_sql(scheme)}) -%}
{%- endif -%}
{%- if ranked_metrics(scheme) -%}
{%- do stages.append({'name': 'ranked', 'sql': ranked_sql(scheme, stages[-1].name)}) -%}
{%- do stages.append({'name': 'entered', 'sql': entered_sql(scheme)}) -%}
{%- endif -%}
{%- if referred_tiers(scheme) -%}
{%- set source = stages[-1].name -%}
{%- for tier_code in referred_tiers(scheme) -%}
{%- do stages.append({
    'name': tier_code | lower ~ '_referrers',
    'sql': referrers_sql(scheme, tier_code, source, relations.referrals),
}) -%}
{%- endfor -%}
{%- do stages.append({'name': 'referring', 'sql': referring_sql(scheme, source)}) -%}
{%- endif -%}
{%- set source = stages[-1].name -%}
{%- if scheme.method == 'cumulative_share' -%}
{%- do stages.append({'name': 'blocks', 'sql': blocks_sql(scheme, source)}) -%}
{%- do stages.append({'name': 'blocks_in_order', 'sql': blocks_in_order_sql(scheme)}) -%}
{%- endif -%}
{%- if (scheme.method ~ '_stage') in context -%}
{%- do stages.append({'name': 'measured', 'sql': context[scheme.method ~ '_stage'](scheme, source)}) -%}
{%- endif -%}
{{ return(stages) }}
{% endmacro %}


{% macro basis_columns(scheme) %}
{{ return(['customer_key', 'as_of_date'] + (scheme.basis | map(attribute='metric') | list)) }}
{% endmacro %}


{# Customers whom the scheme places: none where a feed that it needs is absent. #}
{% macro population_sql(scheme, relations, columns) -%}
select
        {%- for column in columns %}
        {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ relations.values_by_date }}
    where
        {{ "true" if scheme.get('includes_prospects') else "not is_prospect_only" }}
        {%- for condition in scheme.get('population', []) %}
        and {{ condition_sql(condition) }}
        {%- endfor %}
        {%- if 'policy' not in scheme or not reads_every_date(scheme) %}
        and as_of_date in (select as_of_date from {{ relations.dates }} where is_recent)
        {%- endif %}
        {%- if relations.scheme_dates %}
        and as_of_date not in (
            select as_of_date
            from {{ relations.scheme_dates }}
            where scheme_id = {{ sql_text(scheme.id) }} and not is_open
        )
        {%- endif %}
        {%- if scheme.get('needs') %}
        and {{ scheme.needs | length }} = (
            select count(*)
            from {{ relations.feeds }}
            where is_present and need in ('{{ scheme.needs | join("', '") }}')
        )
        {%- endif %}
        {%- for metric in predictions_needed(scheme) %}
        and as_of_date in (
            select as_of_date
            from {{ relations.values_by_date }}
            where {{ metric }} is not null
        )
        {%- endfor %}
{%- endmacro %}


{# Predictions that the scheme needs: where too little was bought to make any, everybody would seem to lack them. #}
{% macro predictions_needed(scheme) %}
{%- set metrics = [] -%}
{%- for entry in scheme.basis if 'predictions' in scheme.get('needs', []) and entry.unit != 'text' -%}
{%- do metrics.append(entry.metric) if entry.metric.startswith('predicted_') -%}
{%- endfor -%}
{{ return(metrics) }}
{% endmacro %}


{% macro counted_figures(scheme) %}
{{ return(scheme.get('figures', []) | selectattr('count_visits', 'defined') | list) }}
{% endmacro %}


{% macro visits_counted_sql(scheme, visits) -%}
select
        customer_values.customer_key,
        customer_values.as_of_date,
        {%- for figure in counted_figures(scheme) %}
        count(*) filter (
            where
            visits.net_sales_amount > {{ figure.count_visits.amount_over }}
            {%- if figure.count_visits.window != 'lifetime' %}
            and visits.business_date > cast({{ dbt.dateadd(
                'month',
                '-' ~ figure.count_visits.window | replace('m', ''),
                'customer_values.as_of_date',
            ) }} as date)
            {%- endif %}
        ) as {{ figure.code }}{{ "," if not loop.last }}
        {%- endfor %}
    from customer_values
    inner join {{ visits }} as visits
        on
            customer_values.customer_key = visits.customer_key
            and customer_values.as_of_date >= visits.business_date
    where visits.is_visit
    group by customer_values.customer_key, customer_values.as_of_date
{%- endmacro %}


{% macro figured_sql(scheme) -%}
select
        customer_values.*,
        {%- for figure in scheme.figures %}
        {{ figure_sql(scheme, figure) }} as {{ figure.code }}{{ "," if not loop.last }}
        {%- endfor %}
    from customer_values
    {%- if counted_figures(scheme) %}
    left join visits_counted
        on
            customer_values.customer_key = visits_counted.customer_key
            and customer_values.as_of_date = visits_counted.as_of_date
    {%- endif %}
{%- endmacro %}


{# A figure of the scheme. A sum is unknown where a part of it is. #}
{% macro figure_sql(scheme, figure) -%}
{%- if 'count_visits' in figure -%}
coalesce(visits_counted.{{ figure.code }}, 0)
{%- else -%}
cast(
            {%- for term in figure.sum %}
            {%- set parts = scheme.figures | selectattr('code', 'equalto', term.metric) | list %}
            {{ "+ " if not loop.first }}{{ term.times }} * {{ figure_sql(scheme, parts[0]) if parts else 'customer_values.' ~ term.metric }}
            {%- endfor %}
            as decimal(28, 6)
        )
{%- endif -%}
{%- endmacro %}


{# Figures by whose rank among all customers some condition asks. #}
{% macro ranked_metrics(scheme) %}
{%- set metrics = [] -%}
{%- for condition in scheme_conditions(scheme) if is_ranking(condition) and condition.metric not in metrics -%}
{%- do metrics.append(condition.metric) -%}
{%- endfor -%}
{{ return(metrics) }}
{% endmacro %}


{# For each ranked figure, how many customers have one and how many of them have more. Without a figure, no rank. #}
{% macro ranked_sql(scheme, source) -%}
select
        *,
        {%- for metric in ranked_metrics(scheme) %}
        count({{ metric }}) over (partition by as_of_date) as {{ metric }}_known_count,
        case
            when {{ metric }} is not null
                then rank() over (partition by as_of_date order by {{ metric }} desc nulls last) - 1
        end as {{ metric }}_before_count{{ "," if not loop.last }}
        {%- endfor %}
    from {{ source }}
{%- endmacro %}


{# For each share that is asked for, the lowest figure within it. #}
{% macro entered_sql(scheme) -%}
{%- set asked = {} -%}
{%- for condition in scheme_conditions(scheme) if is_ranking(condition) -%}
{%- do asked.update({entry_column(condition): condition}) -%}
{%- endfor -%}
select
        *,
        {%- for column, condition in asked.items() %}
        min(
            case
                when {{ condition.metric }}_before_count * 100 < {{ condition.metric }}_known_count * {{ top_share_of(condition) }}
                    then {{ condition.metric }}
            end
        ) over (partition by as_of_date) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from ranked
{%- endmacro %}


{# Tiers whose customers' referrers some rule asks for. #}
{% macro referred_tiers(scheme) %}
{%- set codes = [] -%}
{%- for condition in scheme_conditions(scheme)
    if 'referrer_of' in condition and condition.referrer_of.tier not in codes -%}
{%- do codes.append(condition.referrer_of.tier) -%}
{%- endfor -%}
{{ return(codes) }}
{% endmacro %}


{% macro referrers_sql(scheme, tier_code, source, referrals) -%}
select distinct
        referrals.customer_key,
        referred.as_of_date
    from {{ source }} as referred
    inner join {{ referrals }} as referrals
        on
            referred.customer_key = referrals.referred_customer_key
            and referred.as_of_date >= referrals.joined_date
    where
        {%- for rule in scheme.rules if rule.tier == tier_code and asked_of(rule) %}
        {{ "or " if not loop.first }}({{ asked_sql(asked_of(rule)) }})
        {%- endfor %}
{%- endmacro %}


{% macro referring_sql(scheme, source) -%}
select
        {{ source }}.*,
        {%- for tier_code in referred_tiers(scheme) %}
        {{ tier_code | lower }}_referrers.customer_key is not null as is_referrer_of_{{ tier_code | lower }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ source }}
    {%- for tier_code in referred_tiers(scheme) %}
    left join {{ tier_code | lower }}_referrers
        on
            {{ source }}.customer_key = {{ tier_code | lower }}_referrers.customer_key
            and {{ source }}.as_of_date = {{ tier_code | lower }}_referrers.as_of_date
    {%- endfor %}
{%- endmacro %}


{# Every condition of the scheme beyond its population. #}
{% macro scheme_conditions(scheme) %}
{%- set conditions = [] -%}
{%- for rule in scheme.get('rules', []) if scheme.method == 'rules' and asked_of(rule) -%}
{%- do conditions.extend(asked_of(rule).of) -%}
{%- endfor -%}
{%- for tier in scheme.tiers -%}
{%- do conditions.extend((tier.when.of if tier.when else []) + (tier.keep.of if tier.keep else [])) -%}
{%- endfor -%}
{%- for axis in scheme.get('axes', []) -%}
{%- for level in axis.levels -%}
{%- do conditions.append(dict(level, metric=axis.metric)) -%}
{%- endfor -%}
{%- endfor -%}
{{ return(conditions) }}
{% endmacro %}
