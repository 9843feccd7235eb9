{# What a relation was built from is kept as the comment of its `_RETURN` rule,
   which is where Postgres keeps a view's query: it lives and dies with the
   query, and leaves the relation's own comment to the docs. #}

{% macro fingerprint_of(relation) %}
    {% set query %}
        select obj_description(oid, 'pg_rewrite')
        from pg_rewrite
        where
            rulename = '_RETURN'
            and ev_class = to_regclass({{ quoted(relation) }})
    {% endset %}
    {{ return(run_query(query).columns[0].values() | first) }}
{% endmacro %}

{% macro keep_fingerprint(relation, fingerprint) -%}
    comment on rule "_RETURN" on {{ relation }} is {{ quoted(fingerprint) }}
{%- endmacro %}

{# The queries of all views above a model and the rows of all seeds. Postgres
   prints a view's query from its parse tree, so a new comment or line break
   changes nothing. Rows, not dbt's checksum of the seed's file: `dbt run` sees
   a changed file before `dbt seed` has loaded it. #}
{% macro fingerprint_of_parents(unique_id) %}
    {% set names, seeds = [], [] %}
    {% for parent in parents_of(unique_id) %}
        {% set node = graph.nodes[parent] %}
        {% if node.resource_type == 'seed' %}
            {% do seeds.append(fingerprint_of_rows(node.relation_name)) %}
        {% else %}
            {% do names.append(quoted(node.relation_name)) %}
            {% do names.append(quoted(definition_of(node.relation_name))) %}
        {% endif %}
    {% endfor %}
    {% set query %}
        select coalesce(
            md5(string_agg(pg_get_viewdef(pg_class.oid), ' ' order by name)), ''
        )
        from unnest(array[{{ names | join(', ') }}]::text[]) as name
        inner join pg_class on to_regclass(name) = pg_class.oid
        where pg_class.relkind in ('v', 'm')
    {% endset %}
    {{ return(local_md5(
        (run_query(query).columns[0].values() | first)
        ~ seeds | sort | join(' ')
    )) }}
{% endmacro %}

{% macro fingerprint_of_rows(relation_name) %}
    {% set query %}
        select coalesce(
            md5(string_agg(md5(rows::text), '' order by md5(rows::text))), ''
        )
        from {{ relation_name }} as rows
    {% endset %}
    {{ return(run_query(query).columns[0].values() | first) }}
{% endmacro %}

{# All that stands above a model, at any depth, without sources. #}
{% macro parents_of(unique_id) %}
    {# The list grows while it is walked. #}
    {% set found = [unique_id] %}
    {% for child in found %}
        {% for parent in graph.nodes[child].depends_on.nodes
            if parent in graph.nodes and parent not in found
        %}
            {% do found.append(parent) %}
        {% endfor %}
    {% endfor %}
    {{ return(found[1:]) }}
{% endmacro %}
