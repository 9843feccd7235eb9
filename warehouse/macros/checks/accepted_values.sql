{# As dbt's own test, and with the newest load that brought each value. #}
{% macro default__test_accepted_values(model, column_name, values, quote=True) %}

{% set accepted = [] %}
{% for value in values %}
    {% do accepted.append(quoted(value) if quote else value) %}
{% endfor %}

with checked as not materialized (

    select * from {{ model }}

),

failing as (

    select
        {{ column_name }} as value_field,
        count(*) as n_records
    from checked
    where {{ column_name }} not in ({{ accepted | join(', ') }})
    group by {{ column_name }}

),

traced as (

    select
        *,
        {{ newest_load_with(column_name, 'value_field') }} as _load_id
    from failing

)

{{ with_file('traced') }}

{% endmacro %}
