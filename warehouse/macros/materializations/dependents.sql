{# Drop a relation with all that stands on it, but only if this run builds all
   of that anew. dbt's own materializations drop with cascade and tell nobody
   (dbt-core#2185). #}
{% macro drop_for_rebuild(relation) %}
    {% set orphans = unselected_dependents() + strangers_on(relation) %}
    {% if orphans %}
        {{ exceptions.raise_compiler_error(
            model.name ~ " cannot be changed in place, and "
            ~ orphans | sort | join(', ') ~ " stand on it but are not part of this "
            ~ "run. Build them together: dbt build -s " ~ model.name ~ "+"
            ~ (" --full-refresh" if should_full_refresh() else "")
        ) }}
    {% endif %}
    {% do run_query(
        "drop " ~ (relation.type | string).replace('_', ' ') ~ " if exists "
        ~ relation ~ " cascade"
    ) %}
{% endmacro %}

{# Models below this one that have been built and are not part of this run. #}
{% macro unselected_dependents() %}
    {% set names = [] %}
    {% for node in dependents_of(model.unique_id)
        if node.unique_id not in selected_resources
        and relation_exists(node.relation_name)
    %}
        {% do names.append(node.name) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}

{% macro relation_exists(name) %}
    {% set found = run_query("select to_regclass(" ~ quoted(name) ~ ") is not null") %}
    {{ return(found.columns[0].values() | first) }}
{% endmacro %}

{# The models below one, at any depth, or down to those of a materialization. #}
{% macro dependents_of(unique_id, until=none) %}
    {% set children = {} %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% for parent in node.depends_on.nodes %}
            {% do children.setdefault(parent, []).append(node) %}
        {% endfor %}
    {% endfor %}
    {# The list grows while it is walked. #}
    {% set below, found = [unique_id], [] %}
    {% for above in below %}
        {% for node in children.get(above, [])
            if node.unique_id not in below
            and node.config.materialized != until
        %}
            {% do below.append(node.unique_id) %}
            {% do found.append(node) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Views upon a relation that are none of the project's: made by hand. #}
{% macro strangers_on(relation) %}
    {% set ours = [] %}
    {% for node in graph.nodes.values() if node.relation_name %}
        {% do ours.append(quoted(node.relation_name)) %}
        {% do ours.append(quoted(definition_of(node.relation_name))) %}
    {% endfor %}
    {% set query %}
        with recursive standing as (
            select to_regclass({{ quoted(relation) }})::oid as oid
            union
            select pg_rewrite.ev_class
            from standing
            inner join pg_depend
                on
                    pg_depend.refclassid = 'pg_class'::regclass
                    and pg_depend.refobjid = standing.oid
                    and pg_depend.classid = 'pg_rewrite'::regclass
            inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid
        )

        select nspname || '.' || relname
        from standing
        inner join pg_class on standing.oid = pg_class.oid
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        where
            format('"%s"."%s"."%s"', current_database(), nspname, relname)
            != all(array[{{ ours | join(', ') }}])
    {% endset %}
    {{ return(run_query(query).columns[0].values() | list) }}
{% endmacro %}
