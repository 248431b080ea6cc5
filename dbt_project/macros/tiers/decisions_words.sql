{# Words for a decision whose tier is not the one that the rules give; nothing where it is. #}
{% macro outcome_words(decisions, language) -%}
{%- set words = {
    'zh': {
        'override': '等级由人工指定。',
        'held_by_grace': '宽限期内保留现等级。',
        'held_by_minimum_hold': '最短保级期内保留现等级。',
        'held_by_maximum_downgrades': '期内降级次数已满，保留现等级。',
        'waiting_for_review': '等待下次评审。',
        'kept': '符合保级条件，保留现等级。',
        'downgraded': '每次评审只降到下一等级。',
    },
    'en': {
        'override': ' The tier was set by staff.',
        'held_by_grace': ' The tier is kept during the grace period.',
        'held_by_minimum_hold': ' The tier is kept for its minimum time.',
        'held_by_maximum_downgrades': ' The tier is kept: it has fallen as often as it may for now.',
        'waiting_for_review': ' The next review decides.',
        'kept': ' That is enough to keep the tier.',
        'downgraded': ' A review lowers the tier no further at once.',
    },
}[language] -%}
case
        when {{ decisions }}.tier_rank = {{ decisions }}.computed_tier_rank then ''
        when {{ decisions }}.override_id is not null then {{ sql_text(words.override) }}
        {%- for outcome, text in words.items() if outcome != 'override' %}
        when {{ decisions }}.outcome = {{ sql_text(outcome) }} then {{ sql_text(text) }}
        {%- endfor %}
        else ''
    end
{%- endmacro %}
