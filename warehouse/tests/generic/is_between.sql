{# Rows whose value lies outside of a range, bounds included; null passes. #}
{% test is_between(model, column_name, minimum=none, maximum=none) %}

{{ config(meta={
    'words': '{rows} of column ' ~ column_name ~ ' '
        ~ out_of_range(minimum, maximum)
}) }}

with failing as (

    select
        *,
        '{{ column_name }} is ' || {{ column_name }} as problem
    from {{ model }}
    where
        false
        {% if minimum is not none %} or {{ column_name }} < {{ minimum }} {% endif %}
        {% if maximum is not none %} or {{ column_name }} > {{ maximum }} {% endif %}

)

{{ with_file('failing') }}

{% endtest %}
