{# Publish contracts, DAG and API of the project into ops.catalog, from where
   the loader and the API read them. Runs last; a build with a failure leaves
   the former catalog in force. #}
{% macro publish_catalog() %}
    {% if not execute or flags.WHICH not in ('run', 'build', 'seed') %}
        {{ return('') }}
    {% endif %}
    {% if flags.WHICH == 'seed' %}
        {{ return(publish_again()) }}
    {% endif %}
    {% set columns = database_columns() %}
    {% set problems = failed_nodes() + unbuilt_datasets(columns) + unkeyed_rows()
        + unfit_defaults(columns) %}
    {% if problems %}
        {% do log(
            "catalog not published, the former one stays in force: "
            ~ problems | join(', '), info=true
        ) %}
        {{ return(publish_again()) }}
    {% endif %}
    {% set document = catalog_document(columns) %}
    {% set names = document.models | map(attribute='unique_id') | list %}
    {% set document = tojson(document) %}
    select pg_advisory_xact_lock(hashtextextended('ops.refresh', 0));
    {% if names | reject('in', published_models()) | list %}
        {{ refresh_again_since_this_run_began() }};
    {% endif %}
    with fresh as (
        select {{ quoted(document) }}::json as document
    ),

    noted as ({{ note_marts_that_the_former_catalog_missed() }})

    insert into ops.catalog (hash, document)
    select
        {{ quoted(local_md5(document)) }},
        document
    from fresh
    on conflict (hash) do update set published_at = excluded.published_at
{% endmacro %}

{# The same catalog anew: what it serves may have other rows, even where the
   build failed, and who holds an answer by its date must ask again. #}
{% macro publish_again() -%}
    update ops.catalog
    set published_at = clock_timestamp()
    where hash = (
        select newest.hash from ops.catalog as newest
        order by newest.published_at desc limit 1
    )
{%- endmacro %}

{# A load that came while a new model was built was refreshed by the former
   catalog, which does not know the model: the next refresh covers it again. The
   five minutes are for clocks that differ. #}
{% macro refresh_again_since_this_run_began() -%}
    update ops.load
    set refreshed_at = null
    where
        status in ('loaded', 'superseded', 'unloaded')
        and refreshed_at >= {{ shortly_before_this_run() }}
{%- endmacro %}

{# The same for marts: of a rollup that stands above a mart now and did not before,
   no refresh noted for it what changed. Whenever there was one: the mart may have
   been built by an earlier run, which failed and published nothing. #}
{% macro note_marts_that_the_former_catalog_missed() -%}
    insert into ops.stale (mart)
    select distinct missed.mart
    from (
        select below.*
        from fresh
        cross join ops.marts_below(fresh.document) as below
        except
        select below.*
        from (
            select document from ops.catalog order by published_at desc limit 1
        ) as newest
        cross join ops.marts_below(newest.document) as below
    ) as missed
    where exists (select from ops.refresh)
{%- endmacro %}

{% macro shortly_before_this_run() -%}
    {{ quoted(run_started_at.isoformat()) }}::timestamptz - interval '5 minutes'
{%- endmacro %}

{% macro failed_nodes() %}
    {% set good = ['success', 'pass', 'warn', 'no-op', 'reused'] %}
    {{ return(results | rejectattr('status', 'in', good)
        | map(attribute='node.name') | list) }}
{% endmacro %}

{# Datasets that the API could not serve as they are described: a column of
   theirs was described after they were built, or the model that holds their
   geometry is not built yet. #}
{% macro unbuilt_datasets(columns) %}
    {% set problems = [] %}
    {% for node in graph.nodes.values() if (node.config.meta or {}).api %}
        {% set known = columns.get(node.schema ~ '.' ~ node.alias, [])
            | map(attribute='name') | list %}
        {% set missing = node.columns | reject('in', known) | list %}
        {% if known and missing %}
            {% do problems.append(
                node.name ~ " was built without " ~ missing | join(', ')
                ~ " (dbt build -s +" ~ node.name ~ ")"
            ) %}
        {% endif %}
        {% set geometry = (node.config.meta.api.geometry or {}).model %}
        {% if known and geometry and not built(geometry, columns) %}
            {% do problems.append(
                node.name ~ " has its geometry in " ~ geometry
                ~ ", which is not built (dbt build -s +" ~ geometry ~ ")"
            ) %}
        {% endif %}
    {% endfor %}
    {{ return(problems) }}
{% endmacro %}

{# Marts that serve their rows under a key which no index keeps unique: pages
   would lose rows. A plain view has no index to ask. #}
{% macro unkeyed_rows() %}
    {% set problems = [] %}
    {% for node in graph.nodes.values() if (node.config.meta or {}).api
        and not node.config.meta.api.measures
        and node.config.materialized in ['materialized_view', 'mart']
        and relation_exists(node.relation_name)
    %}
        {% set key = node.config.meta.api.key %}
        {% set key = [key] if key is string else key or [] %}
        {% set query %}
            select count(*)
            from pg_index
            where
                indrelid = {{ quoted(node.relation_name) }}::regclass
                and indisunique
                and indpred is null
                and (
                    select array_agg(attname::text)
                    from pg_attribute
                    where attrelid = indrelid and attnum = any(indkey)
                ) <@ string_to_array({{ quoted(key | join(',')) }}, ',')
        {% endset %}
        {% if not run_query(query).columns[0].values() | first %}
            {% do problems.append(
                node.name ~ " has no unique index on its key " ~ key | join(', ')
            ) %}
        {% endif %}
    {% endfor %}
    {{ return(problems) }}
{% endmacro %}

{# Defaults of parameters that are no value of their column, whose type is known
   now: every request without the parameter would be refused. `from..to` is a range
   of numbers or days. #}
{% macro unfit_defaults(columns) %}
    {% set integer = '[+-]?[0-9]{1,19}' %}
    {% set number = '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?' %}
    {% set forms = {
        'smallint': integer, 'integer': integer, 'bigint': integer,
        'numeric': number, 'real': number, 'double precision': number,
        'date': '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])',
    } %}
    {% set problems = [] %}
    {% for node in graph.nodes.values() if (node.config.meta or {}).api %}
        {% set types = {} %}
        {% for column in columns.get(node.schema ~ '.' ~ node.alias, []) %}
            {% do types.update({column.name: column.data_type.split('(')[0]}) %}
        {% endfor %}
        {% for name, words in (node.config.meta.api.parameters or {}).items() %}
            {% set type = types.get(words.equals) %}
            {% set given = words.default if words.default is defined else [] %}
            {% set given = [given] if given is string or given is number else given %}
            {% for value in given if type in forms %}
                {% set sides = '(%s)?' % forms[type] %}
                {% set form = '%s|%s[.][.]%s' % (forms[type], sides, sides) %}
                {% if not modules.re.fullmatch(form, value | string) %}
                    {% do problems.append(
                        "in " ~ (node.patch_path or '').split('://')[-1] ~ " the default '"
                        ~ value ~ "' of " ~ node.name ~ "'s parameter " ~ name
                        ~ " is no " ~ type
                    ) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return(problems) }}
{% endmacro %}

{% macro built(name, columns) %}
    {% for node in graph.nodes.values() if node.name == name %}
        {% if node.schema ~ '.' ~ node.alias in columns %}{{ return(true) }}{% endif %}
    {% endfor %}
    {{ return(false) }}
{% endmacro %}

{# The document: a slice of dbt's manifest (schema v12), with the columns of
   models as they are in the database. `catchment.catalog` reads it. #}
{% macro catalog_document(columns) %}
    {% set feeds, models = [], [] %}
    {% for source in graph.sources.values() if source.config.meta.feed %}
        {% do feeds.append(catalog_entry(source, {
            'identifier': source.identifier,
            'freshness': source.config.freshness,
            'columns': described_columns(source),
        })) %}
    {% endfor %}
    {% for node in graph.nodes.values() %}
        {% set known = columns.get(node.schema ~ '.' ~ node.alias) %}
        {% if node.resource_type in ('model', 'seed', 'snapshot') and known %}
            {% do models.append(catalog_entry(node, {
                'alias': node.alias,
                'depends_on': node.depends_on.nodes or [],
                'columns': typed_columns(node, known),
            })) %}
        {% endif %}
    {% endfor %}
    {{ return({'feeds': feeds, 'models': models}) }}
{% endmacro %}

{% macro catalog_entry(node, more) %}
    {% set entry = {
        'unique_id': node.unique_id,
        'name': node.name,
        'schema': node.schema,
        'description': node.description,
        'original_file_path': (node.patch_path or '').split('://')[-1]
            or node.original_file_path,
        'config': {
            'meta': node.config.meta or {},
            'materialized': node.config.materialized or none,
            'refresh_by': node.config.refresh_by or none,
        },
    } %}
    {% do entry.update(more) %}
    {{ return(entry) }}
{% endmacro %}

{# A list, for a map's order would be lost on the way. #}
{% macro described_columns(node) %}
    {% set columns = [] %}
    {% for column in node.columns.values() %}
        {% do columns.append({
            'name': column.name,
            'description': column.description,
            'data_type': column.data_type,
            'config': {'meta': column.config.meta or {}},
        }) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{% macro typed_columns(node, known) %}
    {% set columns = [] %}
    {% for column in known %}
        {% set described = node.columns.get(column.name, {}) %}
        {% do columns.append({
            'name': column.name,
            'description': described.description or '',
            'data_type': column.data_type,
            'config': {'meta': (described.config or {}).meta or {}},
        }) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{# Columns of every relation in the project's schemas: {'marts.x': [...]}. #}
{% macro database_columns() %}
    {% set schemas = graph.nodes.values() | map(attribute='schema') | unique
        | map('tojson') | join(',') %}
    {% set query %}
        select
            nspname || '.' || relname,
            attname,
            format_type(atttypid, atttypmod)
        from pg_attribute
        inner join pg_class on attrelid = pg_class.oid
        inner join pg_namespace on relnamespace = pg_namespace.oid
        where
            attnum > 0
            and not attisdropped
            and relkind in ('r', 'v', 'm', 'p')
            and nspname = any({{ quoted('{' ~ schemas ~ '}') }}::text[])
        order by 1, attnum
    {% endset %}
    {% set columns = {} %}
    {% for row in run_query(query).rows %}
        {% do columns.setdefault(row[0], []).append(
            {'name': row[1], 'data_type': row[2]}
        ) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
