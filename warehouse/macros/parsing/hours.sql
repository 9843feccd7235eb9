{# The hours of one day: "Mon 6:00AM - 6:00PM", "Sun closed"; from midnight to
   midnight is 24 hours. Null where the register is silent. #}
{% macro hours_of(day, hours) -%}
'{{ day }} ' || regexp_replace(
    regexp_replace({{ squeezed(hours) }}, '^closed$', 'closed', 'i'),
    '^12:00 ?am ?- ?12:00 ?am$', '24 hours', 'i'
)
{%- endmacro %}

{# The hours of a week in one text, from columns by the short name of the day. #}
{% macro schedule(days) -%}
nullif(
    concat_ws(
        '; '
        {%- for day, hours in days.items() %},
        {{ hours_of(day, hours) }}
        {%- endfor %}
    ),
    ''
)
{%- endmacro %}
