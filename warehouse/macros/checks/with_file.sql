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
