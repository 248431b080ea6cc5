{#-
  Who a row belongs to, as one text `type:id` that sorts a card or web account before an e-mail and an
  e-mail before a phone; null for an anonymous row.
-#}
{% macro account_reference() -%}
    coalesce(
        account_type || ':' || account_id,
        'email:' || email_hash,
        'phone:' || phone_hash
    )
{%- endmacro %}

{% macro account_type_of(reference) -%}
    split_part({{ reference }}, ':', 1)
{%- endmacro %}

{% macro account_id_of(reference) -%}
    substr({{ reference }}, strpos({{ reference }}, ':') + 1)
{%- endmacro %}
