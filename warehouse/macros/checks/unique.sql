{# As dbt's own test, and with the newest load that brought each value; a model
   that says no load has none. #}
{% macro default__test_unique(model, column_name) %}

with checked as not materialized (

    select * from {{ model }}

),

failing as (

    select
        {{ column_name }} as unique_field,
        count(*) as n_records,
        'comes ' || count(*) || ' times' as problem
    from checked
    where {{ column_name }} is not null
    group by {{ column_name }}
    having count(*) > 1

),

traced as (

    select
        *,
        {{ newest_load_with(column_name, 'unique_field') }} as _load_id
    from failing

)

{{ with_file('traced') }}

{% endmacro %}
