{# Drop what keep_run kept:

       dbt run-operation drop_run --args '{date: 20251105}' #}
{% macro drop_run(date, name='leads') %}
    {% set schema = run_schema(name, date) %}
    {% set found = comment_of_schema(schema) %}
    {% if found is none %}
        {% do print("there is no schema " ~ schema) %}
        {{ return('') }}
    {% endif %}
    {% do refuse_foreign_schema(schema) %}
    {% do in_one_transaction(schema, ["drop schema " ~ schema ~ " cascade"]) %}
    {% do print("dropped schema " ~ schema) %}
{% endmacro %}
