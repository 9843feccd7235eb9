{# Rows whose value lies outside of a range, bounds included; null passes. #}
{% test is_between(model, column_name, minimum=none, maximum=none) %}

select *
from {{ model }}
where
    false
    {% if minimum is not none %} or {{ column_name }} < {{ minimum }} {% endif %}
    {% if maximum is not none %} or {{ column_name }} > {{ maximum }} {% endif %}

{% endtest %}
