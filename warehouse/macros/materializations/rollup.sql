{# A table of `select _load_id, … group by _load_id, …`, kept up to date by load.

   The query stays as a view, `NAME__definition`; its result is the table NAME,
   with an index on _load_id. The loader brings one load up to date with

       delete from NAME where _load_id = $1;
       insert into NAME select * from NAME__definition where _load_id = $1;

   (ops.refresh_rollup), so the cost follows the new rows and a replaced load
   is exact. `dbt run` does the same for loads that no refresh has covered yet;
   it computes everything anew when the query, a view above it, a seed or the
   indexes have changed, and with --full-refresh. #}
{% materialization rollup, adapter='postgres' %}
    {% set existing = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='table') %}
    {% set definition = api.Relation.create(
        database=this.database, schema=this.schema,
        identifier=this.identifier ~ '__definition', type='view'
    ) %}
    {% do refuse_empty() %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do hold_off_refreshes() %}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% set built_from = fingerprint_of(definition) %}
    {% do run_query("drop view if exists " ~ definition ~ " cascade") %}
    {% do run_query("create view " ~ definition ~ " as (" ~ sql ~ ")") %}
    {% set columns = columns_and_types(definition) %}
    {% if '_load_id bigint' not in columns %}
        {{ exceptions.raise_compiler_error(
            "a rollup must select and group by _load_id, which is how the loader "
            ~ "brings one load up to date; " ~ model.name ~ " does not"
        ) }}
    {% endif %}
    {% set fingerprint = local_md5(
        definition_text(definition)
        ~ fingerprint_of_parents(model.unique_id)
        ~ tojson(config.get('indexes'))
    ) %}
    {% do run_query(keep_fingerprint(definition, fingerprint)) %}

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
    {% endif %}

    {% set marts = marts_below(model.unique_id) %}
    {# One that no catalog names yet has not been refreshed by the loader. #}
    {% if existing is none or should_full_refresh() or fingerprint != built_from
        or model.unique_id not in published_models()
    %}
        {% do truncate_with_indexes(target_relation) %}
        {% call statement('main') -%}
            insert into {{ target_relation }} select * from {{ definition }}
        {%- endcall %}
        {% do run_query(
            get_create_index_sql(target_relation, {'columns': ['_load_id']})
        ) %}
        {% do create_indexes(target_relation) %}
        {% do run_query(note_stale(marts)) %}
    {% else %}
        {% call statement('main') -%}
            {{ catch_up_rollup(target_relation, marts, loads_to_refresh()) }}
        {%- endcall %}
    {% endif %}
    {% do run_query("analyze " ~ target_relation) %}
    {{ return(finish(target_relation)) }}
{% endmaterialization %}

{% macro definition_of(relation_name) %}
    {{ return(relation_name[:-1] ~ '__definition"') }}
{% endmacro %}

{% macro definition_text(relation) %}
    {% set found = run_query(
        "select pg_get_viewdef(" ~ quoted(relation) ~ "::regclass)"
    ) %}
    {{ return(found.columns[0].values() | first) }}
{% endmacro %}

{# Without rows and indexes: those are made faster over all rows at once, and
   may be others than before. #}
{% macro truncate_with_indexes(relation) %}
    {% do run_query("truncate " ~ relation) %}
    {% set found = run_query(
        "select indexrelid::regclass::text from pg_index "
        ~ "where indrelid = " ~ quoted(relation) ~ "::regclass"
    ) %}
    {% for index in found.columns[0].values() %}
        {% do run_query("drop index " ~ index) %}
    {% endfor %}
{% endmacro %}

{# Loads that the loader committed but no refresh has covered. #}
{% macro loads_to_refresh() %}
    {% set query %}
        select load_id
        from ops.load
        where refreshed_at is null and status in ('loaded', 'superseded', 'unloaded')
    {% endset %}
    {{ return(run_query(query).columns[0].values() | map('int') | list) }}
{% endmacro %}

{% macro catch_up_rollup(relation, marts, load_ids) -%}
    {%- set below = [] -%}
    {%- for mart in marts -%}
        {%- do below.append(
            {'mart': mart.name, 'refresh_by': mart.config.refresh_by}
        ) -%}
    {%- endfor -%}
    select ops.catch_up_rollup(
        {{ quoted(relation) }},
        {{ quoted(tojson(below)) }},
        array[{{ load_ids | join(', ') }}]::bigint[]
    )
{%- endmacro %}
