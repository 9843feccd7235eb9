{# A value as an SQL text literal; a relation becomes its quoted name. #}
{% macro quoted(value) -%}
'{{ (value | string).replace("'", "''") }}'
{%- endmacro %}
