{# A key that stays the same as long as the values do: the hash of several values,
   null among them, told apart by how Postgres writes a row. #}
{% macro hash_of(values) -%}
md5(row({{ values | join(', ') }})::text)
{%- endmacro %}
