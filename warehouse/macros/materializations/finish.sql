{# How every materialization ends: grants, docs, hooks, commit; what it returns. #}
{% macro finish(relation) %}
    {% do apply_grants(relation, config.get('grants'), should_revoke=true) %}
    {% do persist_docs(relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmacro %}
