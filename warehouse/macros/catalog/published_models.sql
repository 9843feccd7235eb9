{# The models of the newest catalog: those that the loader keeps fresh. #}
{% macro published_models() %}
    {% set found = run_query(
        "select entry ->> 'unique_id' from ("
        ~ "select document from ops.catalog order by published_at desc limit 1"
        ~ ") as newest, json_array_elements(newest.document -> 'models') as entry"
    ) %}
    {{ return(found.columns[0].values() | list) }}
{% endmacro %}
