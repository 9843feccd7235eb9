{# A mart: refreshed concurrently, so that readers never wait, and built anew
   beside the old one when its query or indexes change. dbt-postgres refreshes
   plainly (dbt-adapters#2040), does not see a changed query (dbt-core#8862)
   and fails on a new GiST index (dbt-core#8655). #}
{% materialization materialized_view, adapter='postgres' %}
    {% set existing = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='materialized_view') %}
    {% do refuse_empty() %}
    {% do require_unique_index("to be refreshed while it is read") %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do hold_off_refreshes() %}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% set fingerprint = local_md5(
        probe(sql).text ~ tojson(config.get('indexes'))
    ) %}
    {% if existing and not should_full_refresh()
        and existing.is_materialized_view
        and fingerprint_of(existing) == fingerprint
    %}
        {% call statement('main') -%}
            refresh materialized view concurrently {{ target_relation }}
        {%- endcall %}
    {% else %}
        {% set fresh = api.Relation.create(
            database=this.database, schema=this.schema,
            identifier=this.identifier ~ '__new', type='materialized_view'
        ) %}
        {% do run_query("drop materialized view if exists " ~ fresh) %}
        {% call statement('main') -%}
            create materialized view {{ fresh }} as (
                {{ sql }}
            )
        {%- endcall %}
        {% do create_indexes(fresh) %}
        {% do run_query(keep_fingerprint(fresh, fingerprint)) %}
        {% if existing %}{% do drop_for_rebuild(existing) %}{% endif %}
        {% do run_query(
            "alter materialized view " ~ fresh ~ " rename to "
            ~ adapter.quote(this.identifier)
        ) %}
    {% endif %}
    {% do run_query("analyze " ~ target_relation) %}
    {{ return(finish(target_relation)) }}
{% endmaterialization %}

{% macro require_unique_index(reason) %}
    {% if not config.get('indexes', []) | selectattr('unique', 'true') | list %}
        {{ exceptions.raise_compiler_error(
            model.name ~ " needs a unique index on columns that are never null, "
            ~ reason ~ ": "
            ~ "indexes=[{'columns': ['id'], 'unique': true}]"
        ) }}
    {% endif %}
{% endmacro %}
