{# Keep the marts of a run as tables in a dated schema of their own:

       dbt run-operation keep_run --args '{date: 20251105}'
       dbt run-operation keep_run --args '{name: leads, date: 20251105}'

   copies every model with the tag `leads`, as it stands, into the schema
   leads_20251105, with its comments and its keys: a column that is tested as
   unique and not null is the primary key, and a tested relationship to another
   model of the run is a foreign key. A run of that date is replaced in one
   transaction: a reader finds the former tables or the new ones, and never none.
   The owner alone may read them, until he grants it. #}
{% macro keep_run(date, name='leads') %}
    {% set schema = run_schema(name, date) %}
    {% set models = models_with_tag(name) %}
    {% do refuse_foreign_schema(schema) %}
    {% set fresh = schema ~ '__new' %}
    {% set statements = [
        "drop schema if exists " ~ fresh ~ " cascade",
        "create schema " ~ fresh,
        "comment on schema " ~ fresh ~ " is "
            ~ quoted(run_comment(name) ~ date ~ ', kept ' ~ run_started_at),
    ] %}
    {% for model in models %}
        {% do statements.append(
            "create table " ~ fresh ~ "." ~ model.alias
            ~ " as select * from " ~ model.relation_name
        ) %}
        {% do statements.extend(run_comments(model, fresh)) %}
        {% do statements.extend(run_primary_key(model, fresh)) %}
    {% endfor %}
    {% for model in models %}
        {% do statements.extend(run_foreign_keys(model, models, fresh)) %}
    {% endfor %}
    {% do statements.extend([
        "drop schema if exists " ~ schema ~ " cascade",
        "alter schema " ~ fresh ~ " rename to " ~ schema,
    ]) %}
    {% do in_one_transaction(schema, statements) %}
    {% do print(
        "kept " ~ models | map(attribute='name') | join(', ') ~ " in schema "
        ~ schema ~ "; its owner " ~ target.user ~ " may read it, others after: "
        ~ "grant usage on schema " ~ schema ~ " to NAME; "
        ~ "grant select on all tables in schema " ~ schema ~ " to NAME"
    ) %}
{% endmacro %}
