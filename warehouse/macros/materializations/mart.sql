{# A table over rollups, brought up to date by the values of one of its columns.

   The query stays as a view, `NAME__definition`; its result is the table NAME. A
   refresh computes those values anew that the rollups had for a load before and
   have after it (ops.refresh_rollup, ops.catch_up_mart), so the cost follows them
   and not the history. `dbt run` does the same, computes the whole anew in place
   when a view above it or a seed has changed, and builds it anew beside the old
   one when its own query or indexes have, or with --full-refresh. #}
{% materialization mart, adapter='postgres' %}
    {% set existing = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='table') %}
    {% set definition = api.Relation.create(
        database=this.database, schema=this.schema,
        identifier=this.identifier ~ '__definition', type='view'
    ) %}
    {% set refresh_by = config.get('refresh_by') %}
    {% do refuse_empty() %}
    {% do require_unique_index("so that no row of it comes twice") %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do hold_off_refreshes() %}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% set built_from = (fingerprint_of(definition) or '').split(' ') %}
    {% do run_query("drop view if exists " ~ definition ~ " cascade") %}
    {% do run_query("create view " ~ definition ~ " as (" ~ sql ~ ")") %}
    {% do require_refresh_by(refresh_by, definition) %}
    {% set indexes = config.get('indexes') + [{'columns': [refresh_by]}] %}
    {% set fingerprint = [
        local_md5(definition_text(definition) ~ tojson(indexes)),
        fingerprint_of_parents(model.unique_id),
    ] %}
    {% do run_query(keep_fingerprint(definition, fingerprint | join(' '))) %}

    {% if existing and existing.is_table and not should_full_refresh()
        and fingerprint[0] == built_from[0]
    %}
        {# One that no catalog names yet has not been refreshed by the loader. #}
        {% if fingerprint != built_from
            or model.unique_id not in published_models()
        %}
            {% do run_query(note_stale([model])) %}
        {% endif %}
        {% call statement('main') -%}
            {{ catch_up_mart(target_relation, refresh_by) }}
        {%- endcall %}
    {% else %}
        {% set fresh = api.Relation.create(
            database=this.database, schema=this.schema,
            identifier=this.identifier ~ '__new', type='table'
        ) %}
        {% do run_query("drop table if exists " ~ fresh) %}
        {# Before the rows are read: what comes after is still to be shown. #}
        {% do run_query(
            "delete from ops.stale where mart = " ~ quoted(model.name)
        ) %}
        {% call statement('main') -%}
            create table {{ fresh }} as select * from {{ definition }}
        {%- endcall %}
        {% for index in indexes %}
            {% do run_query(get_create_index_sql(fresh, index)) %}
        {% endfor %}
        {% if existing %}{% do drop_for_rebuild(existing) %}{% endif %}
        {% do run_query(
            "alter table " ~ fresh ~ " rename to " ~ adapter.quote(this.identifier)
        ) %}
    {% endif %}
    {% do run_query("analyze " ~ target_relation) %}
    {{ return(finish(target_relation)) }}
{% endmaterialization %}

{# Every relation that changes with a load, on the way up from the mart, must be
   one that tells of which values it changed. #}
{% macro require_refresh_by(refresh_by, definition) %}
    {% set mine = column_of(definition, refresh_by) %}
    {% if not mine %}
        {{ exceptions.raise_compiler_error(
            model.name ~ " must name a column of its own by whose values it is "
            ~ "refreshed: config(materialized='mart', refresh_by='day')"
        ) }}
    {% endif %}
    {% for node in changing_parents_of(model.unique_id) %}
        {% if node.config.materialized == 'mart' %}
            {% set has_it = node.config.refresh_by == refresh_by %}
        {% elif node.config.materialized == 'rollup' %}
            {% set has_it = column_of(node.relation_name, refresh_by) == mine %}
        {% else %}
            {% set has_it = false %}
        {% endif %}
        {% if not has_it %}
            {{ exceptions.raise_compiler_error(
                model.name ~ " is refreshed by " ~ mine ~ ", but stands on "
                ~ node.name ~ ", which is no rollup with this column and no mart "
                ~ "that is refreshed by it; use materialized='materialized_view'"
            ) }}
        {% endif %}
    {% endfor %}
{% endmacro %}

{# A column with its type, as `day date`; none if the relation lacks it. #}
{% macro column_of(relation, name) %}
    {% set query %}
        select format('%I %s', attname, format_type(atttypid, atttypmod))
        from pg_attribute
        where
            attrelid = to_regclass({{ quoted(relation) }})
            and attname = {{ quoted(name or '') }}
    {% endset %}
    {{ return(run_query(query).columns[0].values() | first) }}
{% endmacro %}

{# The nearest nodes above that hold rows of feeds: sources, and what is kept of
   them. Views are looked through. #}
{% macro changing_parents_of(unique_id) %}
    {# The list grows while it is walked. #}
    {% set found, through = [], [unique_id] %}
    {% for child in through %}
        {% for parent in graph.nodes[child].depends_on.nodes
            if parent not in through
        %}
            {% set node = graph.nodes.get(parent) or graph.sources.get(parent) %}
            {% if node.config.materialized in ['view', 'ephemeral'] %}
                {% do through.append(parent) %}
            {% elif parent in graph.sources or sources_of(parent) %}
                {% do found.append(node) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro sources_of(unique_id) %}
    {% set found = [] %}
    {% for id in [unique_id] + parents_of(unique_id) %}
        {% do found.extend(
            graph.nodes[id].depends_on.nodes | select('in', graph.sources)
        ) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Marts to be computed anew as a whole at their next refresh. #}
{% macro note_stale(marts) -%}
    insert into ops.stale (mart)
    select unnest(array[{% for mart in marts %}
        {{- quoted(mart.name) }}{{ ', ' if not loop.last }}
    {%- endfor %}]::text[])
{%- endmacro %}

{# The marts below a rollup, and no further than to the next rollup. #}
{% macro marts_below(unique_id) %}
    {{ return(dependents_of(unique_id, until='rollup')
        | selectattr('config.materialized', 'equalto', 'mart') | list) }}
{% endmacro %}

{% macro catch_up_mart(relation, refresh_by) -%}
    select ops.catch_up_mart(
        {{ quoted(model.name) }}, {{ quoted(relation) }}, {{ quoted(refresh_by) }}
    )
{%- endmacro %}
