{# Statements that give a kept table the comments of its model. #}
{% macro run_comments(model, schema) %}
    {% set table = schema ~ '.' ~ model.alias %}
    {% set statements = [
        "comment on table " ~ table ~ " is " ~ quoted(model.description),
    ] %}
    {% for column in model.columns.values() %}
        {% do statements.append(
            "comment on column " ~ table ~ '.' ~ adapter.quote(column.name)
            ~ " is " ~ quoted(column.description)
        ) %}
    {% endfor %}
    {{ return(statements) }}
{% endmacro %}

{# The first column that is tested as unique and not null. #}
{% macro run_primary_key(model, schema) %}
    {% set tests = column_tests(model) %}
    {% for column in model.columns
        if 'unique' in tests.get(column, {}) and 'not_null' in tests[column]
    %}
        {{ return([
            "alter table " ~ schema ~ '.' ~ model.alias ~ " add primary key ("
            ~ adapter.quote(column) ~ ")"
        ]) }}
    {% endfor %}
    {{ return([]) }}
{% endmacro %}

{# A relationship that is tested, where the other model is kept too. #}
{% macro run_foreign_keys(model, models, schema) %}
    {% set statements = [] %}
    {% for column, tests in column_tests(model).items() if 'relationships' in tests %}
        {% set words = tests.relationships %}
        {% for other in models if modules.re.search(
            "ref\(['\"]" ~ other.name ~ "['\"]\)", words.to
        ) %}
            {% do statements.append(
                "alter table " ~ schema ~ '.' ~ model.alias
                ~ " add foreign key (" ~ adapter.quote(column) ~ ") references "
                ~ schema ~ '.' ~ other.alias ~ " (" ~ adapter.quote(words.field)
                ~ ")"
            ) %}
        {% endfor %}
    {% endfor %}
    {{ return(statements) }}
{% endmacro %}

{# The generic tests of a model's columns: {column: {test: its arguments}}. #}
{% macro column_tests(model) %}
    {% set found = {} %}
    {% for node in graph.nodes.values()
        if node.resource_type == 'test'
        and node.attached_node == model.unique_id
        and node.column_name
        and not node.config.where
    %}
        {% do found.setdefault(node.column_name, {}).update(
            {node.test_metadata.name: node.test_metadata.kwargs}
        ) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
