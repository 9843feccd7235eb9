{# `dbt seed --full-refresh` drops with cascade: not what this run leaves. #}
{% macro postgres__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {% if full_refresh %}
        {% do drop_for_rebuild(old_relation) %}
        {{ return(create_csv_table(model, agate_table)) }}
    {% endif %}
    {{ return(default__reset_csv_table(
        model, full_refresh, old_relation, agate_table
    )) }}
{% endmacro %}
