{# The rows of a CTE, and as `file` the key of the object that brought each one,
   where they say their load. Asked of the row as JSON, for a generic test does
   not know whether its model has the column. #}
{% macro with_file(failing) %}

select
    {{ failing }}.*,
    load.key as file
from {{ failing }}
left join ops.load
    on (to_jsonb({{ failing }}) ->> '_load_id')::bigint = load.load_id

{% endmacro %}

{# The newest load of the CTE `checked` whose rows have a value. A count of the
   failing rows does not ask for it, and does not pay for it. #}
{% macro newest_load_with(column_name, value) -%}
    (
        select max((to_jsonb(checked) ->> '_load_id')::bigint)
        from checked
        where {{ column_name }} = {{ value }}
    )
{%- endmacro %}
