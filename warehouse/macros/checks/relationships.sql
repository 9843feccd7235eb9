{# As dbt's own test, whose rows say their load and file too. #}
{% macro default__test_relationships(model, column_name, to, field) %}

with child as (

    select
        *,
        {{ column_name }} as from_field
    from {{ model }}

),

parent as (

    select {{ field }} as to_field
    from {{ to }}

),

failing as (

    select child.*
    from child
    left join parent on child.from_field = parent.to_field
    where
        child.from_field is not null
        and parent.to_field is null

)

{{ with_file('failing') }}

{% endmacro %}
