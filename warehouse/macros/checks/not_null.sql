{# dbt's own test returns the empty column alone, which says of no row which one
   it is. #}
{% macro default__test_not_null(model, column_name) %}

with failing as (

    select *
    from {{ model }}
    where {{ column_name }} is null

)

{{ with_file('failing') }}

{% endmacro %}
