{# Schemas are made by alembic, with their grants: use their names as they are.
   dbt's own default would prefix them with the target's schema. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
