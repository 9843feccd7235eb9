{# dbt-postgres reads information_schema, which calls a geometry "USER-DEFINED";
   unit tests then cast to that name and fail (dbt-adapters#670). The catalog's
   format_type() gives `geometry(Point,4326)`. #}
{% macro postgres__get_columns_in_relation(relation) -%}
    {% call statement('columns_in_relation', fetch_result=true) %}
        select
            attribute.attname as column_name,
            format_type(attribute.atttypid, attribute.atttypmod) as data_type,
            null::integer as character_maximum_length,
            null::integer as numeric_precision,
            null::integer as numeric_scale
        from pg_attribute as attribute
        where
            attribute.attrelid = to_regclass({{ quoted(relation) }})
            and attribute.attnum > 0
            and not attribute.attisdropped
        order by attribute.attnum
    {% endcall %}
    {{ return(sql_convert_columns_in_relation(
        load_result('columns_in_relation').table
    )) }}
{%- endmacro %}
