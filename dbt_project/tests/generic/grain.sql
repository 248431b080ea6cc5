{#- Exactly one row per combination of `columns`, none of them null. -#}
{% test grain(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as rows_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {% for column in columns %}or {{ column }} is null {% endfor %}

{% endtest %}
