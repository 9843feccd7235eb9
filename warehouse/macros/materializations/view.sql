{# A view by `create or replace`, so that what stands on it keeps standing:
   dbt's own way is create, rename, `drop … cascade`, which destroys every
   materialized view above (dbt-core#2185). Postgres can replace a view only if
   the old columns stay and new ones come last; otherwise it is dropped, and
   the run must build what stands on it too. #}
{% materialization view, adapter='postgres' %}
    {% set existing = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='view') %}
    {% do refuse_empty() %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do hold_off_refreshes() %}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing and not (existing.is_view and can_replace(existing, sql)) %}
        {% do drop_for_rebuild(existing) %}
    {% endif %}
    {% call statement('main') -%}
        create or replace view {{ target_relation }} as (
            {{ sql }}
        )
    {%- endcall %}
    {{ return(finish(target_relation)) }}
{% endmaterialization %}

{# Whether the query gives the view's columns, in order, and maybe more. #}
{% macro can_replace(relation, sql) %}
    {% set old = columns_and_types(relation) %}
    {% set new = probe(sql).columns %}
    {{ return(new[:old | length] == old) }}
{% endmacro %}

{# What Postgres makes of a query: its columns, and its text without comments,
   with every `*` spelled out. #}
{% macro probe(sql) %}
    {% set view = api.Relation.create(identifier=this.identifier ~ '__probe') %}
    {% do run_query("create temporary view " ~ view ~ " as (" ~ sql ~ ")") %}
    {% set found = {
        'columns': columns_and_types(view),
        'text': definition_text(view),
    } %}
    {% do run_query("drop view " ~ view) %}
    {{ return(found) }}
{% endmacro %}

{% macro columns_and_types(relation) %}
    {% set pairs = [] %}
    {% for column in postgres__get_columns_in_relation(relation) %}
        {% do pairs.append(column.name ~ ' ' ~ column.dtype) %}
    {% endfor %}
    {{ return(pairs) }}
{% endmacro %}

{# dbt writes --empty into the query itself, where it would stay: every refresh
   by the loader would find nothing. #}
{% macro refuse_empty() %}
    {% if flags.EMPTY %}
        {{ exceptions.raise_compiler_error(
            "--empty would write `limit 0` into " ~ model.name ~ " for good"
        ) }}
    {% endif %}
{% endmacro %}
