{# Spans of half-open validity that are empty or reach into the next span of the same key. #}
{% test validity_never_overlaps(model, columns) %}
with

spans as (

    select
        *,
        lead(valid_from_date) over (
            partition by {{ columns | join(', ') }}
            order by valid_from_date
        ) as next_valid_from_date
    from {{ model }}

)

select *
from spans
where
    valid_to_date <= valid_from_date
    or next_valid_from_date < valid_to_date
    or (valid_to_date is null and next_valid_from_date is not null)
{% endtest %}
