{# The schema of a run, as leads_20251105; an error where name or date could not
   be part of one. #}
{% macro run_schema(name, date) %}
    {% set date = date | string %}
    {% if not modules.re.fullmatch('[a-z][a-z0-9_]{0,40}', name | string) %}
        {% do exceptions.raise_compiler_error(
            "name must be lower-case letters, digits and _, as leads; it is '"
            ~ name ~ "'"
        ) %}
    {% endif %}
    {% if not is_a_day(date) %}
        {% do exceptions.raise_compiler_error(
            "date must be a day in eight digits, as 20251105; it is '" ~ date ~ "'"
        ) %}
    {% endif %}
    {{ return(name ~ '_' ~ date) }}
{% endmacro %}

{% macro is_a_day(date) %}
    {% if not modules.re.fullmatch('[1-9][0-9]{3}(0[1-9]|1[0-2])[0-9]{2}', date) %}
        {{ return(false) }}
    {% endif %}
    {% set first = modules.datetime.date(date[:4] | int, date[4:6] | int, 1) %}
    {% set days = modules.datetime.timedelta(days=(date[6:] | int) - 1) %}
    {{ return((first + days).month == first.month) }}
{% endmacro %}

{# A schema of this name that no run made is not to be dropped. #}
{% macro refuse_foreign_schema(schema) %}
    {% set comment = comment_of_schema(schema) %}
    {% if comment is not none
        and not comment.startswith(run_comment(schema[:-9]))
    %}
        {% do exceptions.raise_compiler_error(
            "schema " ~ schema ~ " was not made by keep_run; rename it first: "
            ~ "alter schema " ~ schema ~ " rename to NAME"
        ) %}
    {% endif %}
{% endmacro %}

{% macro run_comment(name) -%}
{{ return('Run of ' ~ name ~ ' ') }}
{%- endmacro %}

{# The comment of a schema, '' where it has none; none where it does not exist. #}
{% macro comment_of_schema(schema) %}
    {% set found = run_query(
        "select coalesce(obj_description(oid, 'pg_namespace'), '') "
        ~ "from pg_namespace where nspname = " ~ quoted(schema)
    ) %}
    {{ return(found.columns[0].values() | first if found.rows else none) }}
{% endmacro %}

{# The models of a run, by name. #}
{% macro models_with_tag(tag) %}
    {% set found = [] %}
    {% for node in graph.nodes.values() | sort(attribute='name')
        if node.resource_type == 'model' and tag in node.tags
    %}
        {% if not relation_exists(node.relation_name) %}
            {% do exceptions.raise_compiler_error(
                node.name ~ " is not built yet: dbt build -s +tag:" ~ tag
            ) %}
        {% endif %}
        {% do found.append(node) %}
    {% endfor %}
    {% if not found %}
        {% do exceptions.raise_compiler_error("no model has the tag '" ~ tag ~ "'") %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}

{# All or nothing, and of one moment: no refresh by the loader comes between, nor
   another run of that date. #}
{% macro in_one_transaction(schema, statements) %}
    {% call statement('run', auto_begin=true) %}
        select
            pg_advisory_xact_lock(hashtextextended({{ quoted('run ' ~ schema) }}, 0)),
            pg_advisory_xact_lock_shared(hashtextextended('ops.refresh', 0));
        {{ statements | join(';\n') }}
    {% endcall %}
    {% do adapter.commit() %}
{% endmacro %}
