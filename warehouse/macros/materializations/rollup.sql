{# A table of `select _load_id, … group by _load_id, …`, kept up to date by load.

   The query stays as a view, `NAME__definition`; its result is the table NAME,
   with an index on _load_id. The loader brings one load up to date with

       delete from NAME where _load_id = $1;
       insert into NAME select * from NAME__definition where _load_id = $1;

   (ops.refresh_rollup), so the cost follows the new rows and a replaced load
   is exact. `dbt run` does the same for loads that no refresh has covered yet;
   it computes everything anew when the query, a view above it or a seed has
   changed, and with --full-refresh. #}
{% materialization rollup, adapter='postgres' %}
    {% set existing = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='table') %}
    {% set definition = api.Relation.create(
        database=this.database, schema=this.schema,
        identifier=this.identifier ~ '__definition', type='view'
    ) %}
    {% set built_from = fingerprint_of(definition) %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% do run_query("drop view if exists " ~ definition ~ " cascade") %}
    {% do run_query("create view " ~ definition ~ " as (" ~ sql ~ ")") %}
    {% set fingerprint = local_md5(
        definition_text(definition) ~ fingerprint_of_parents(model.unique_id)
    ) %}
    {% do run_query(keep_fingerprint(definition, fingerprint)) %}
    {% set columns = columns_and_types(definition) %}
    {% if '_load_id bigint' not in columns %}
        {{ exceptions.raise_compiler_error(
            "a rollup must select and group by _load_id, which is how the loader "
            ~ "brings one load up to date; " ~ model.name ~ " does not"
        ) }}
    {% endif %}

    {% if existing and not (
        existing.is_table and columns_and_types(existing) == columns
    ) %}
        {% do drop_for_rebuild(existing) %}
        {% set existing = none %}
    {% endif %}
    {% if existing is none %}
        {% do run_query(
            "create table " ~ target_relation ~ " as select * from " ~ definition
            ~ " with no data"
        ) %}
        {% do run_query(get_create_index_sql(target_relation, {'columns': ['_load_id']})) %}
        {% do create_indexes(target_relation) %}
    {% endif %}

    {% if existing is none or should_full_refresh() or fingerprint != built_from %}
        {% call statement('main') -%}
            {% if existing %} truncate {{ target_relation }}; {% endif %}
            insert into {{ target_relation }} select * from {{ definition }}
        {%- endcall %}
    {% else %}
        {% call statement('main') -%}
            {{ catch_up(target_relation, definition) }}
        {%- endcall %}
    {% endif %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=true) %}
    {% do persist_docs(target_relation, model) %}
    {% do run_query("analyze " ~ target_relation) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro definition_of(relation_name) %}
    {{ return(relation_name[:-1] ~ '__definition"') }}
{% endmacro %}

{% macro definition_text(relation) %}
    {% set found = run_query("select pg_get_viewdef(" ~ quoted(relation) ~ "::regclass)") %}
    {{ return(found.columns[0].values() | first) }}
{% endmacro %}

{# Loads that the loader committed but no refresh has covered. #}
{% macro catch_up(relation, definition) -%}
    {%- set pending -%}
        select load_id from ops.load
        where refreshed_at is null and status in ('loaded', 'superseded')
    {%- endset -%}
    delete from {{ relation }} where _load_id in ({{ pending }});
    insert into {{ relation }}
    select * from {{ definition }} where _load_id in ({{ pending }})
{%- endmacro %}
