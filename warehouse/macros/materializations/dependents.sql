{# Drop a relation with all that stands on it in the database, but only if this
   run builds all of that anew. dbt's own materializations drop with cascade
   and tell nobody (dbt-core#2185). #}
{% macro drop_for_rebuild(relation) %}
    {% set orphans = [] %}
    {% for node in dependents_of(model.unique_id) %}
        {% if node.unique_id not in selected_resources %}
            {% do orphans.append(node.name) %}
        {% endif %}
    {% endfor %}
    {% if orphans %}
        {{ exceptions.raise_compiler_error(
            model.name ~ " cannot be changed in place, and "
            ~ orphans | sort | join(', ') ~ " stand on it but are not part of this "
            ~ "run. Build them together: dbt build -s " ~ model.name ~ "+"
        ) }}
    {% endif %}
    {% do run_query(
        "drop " ~ (relation.type | string).replace('_', ' ') ~ " if exists "
        ~ relation ~ " cascade"
    ) %}
{% endmacro %}

{# The models below one that exist as relations, at any depth. #}
{% macro dependents_of(unique_id) %}
    {% set below, found = [unique_id], [] %}
    {% for _ in range(graph.nodes | length) %}
        {% for node in graph.nodes.values()
            if node.resource_type == 'model'
            and node.unique_id not in below
            and node.depends_on.nodes | select('in', below) | list
        %}
            {% do below.append(node.unique_id) %}
            {% do found.append(node) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
