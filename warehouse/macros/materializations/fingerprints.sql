{# What a relation was built from is kept as the comment of its `_RETURN` rule,
   which is where Postgres keeps a view's query: it lives and dies with the
   query, and leaves the relation's own comment to the docs. #}

{% macro fingerprint_of(relation) %}
    {% set found = run_query(
        "select obj_description(oid, 'pg_rewrite') from pg_rewrite "
        ~ "where rulename = '_RETURN' and ev_class = to_regclass("
        ~ quoted(relation) ~ ")"
    ) %}
    {{ return(found.columns[0].values() | first) }}
{% endmacro %}

{% macro keep_fingerprint(relation, fingerprint) -%}
    comment on rule "_RETURN" on {{ relation }} is {{ quoted(fingerprint) }}
{%- endmacro %}

{# The definitions of all that stands above a model. Postgres prints a view's
   query from its parse tree, so a new comment or line break changes nothing. #}
{% macro fingerprint_of_parents(unique_id) %}
    {% set names, checksums = [], [] %}
    {% for parent in parents_of(unique_id) %}
        {% set node = graph.nodes[parent] %}
        {% if node.resource_type == 'seed' %}
            {% do checksums.append(node.checksum.checksum) %}
        {% else %}
            {% do names.append(quoted(node.relation_name)) %}
            {% do names.append(quoted(definition_of(node.relation_name))) %}
        {% endif %}
    {% endfor %}
    {% set found = run_query(
        "select coalesce(md5(string_agg(pg_get_viewdef(oid), ' ' order by name)), '') "
        ~ "from unnest(array[" ~ names | join(', ') ~ "]::text[]) as name "
        ~ "inner join pg_class on pg_class.oid = to_regclass(name) "
        ~ "where relkind in ('v', 'm')"
    ) %}
    {{ return(local_md5(
        (found.columns[0].values() | first) ~ checksums | sort | join(' ')
    )) }}
{% endmacro %}

{% macro parents_of(unique_id) %}
    {% set found, ahead = [], [unique_id] %}
    {% for _ in range(graph.nodes | length) if ahead %}
        {% set parents = [] %}
        {% for child in ahead %}
            {% for parent in graph.nodes[child].depends_on.nodes %}
                {% if parent in graph.nodes and parent not in found %}
                    {% do found.append(parent) %}
                    {% do parents.append(parent) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
        {% set ahead = parents %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
