{# A build and a refresh by the loader (loader/refresh.py) exclude each other
   until the model is committed: else both could write the rows of one load, and
   a mart computed before a refresh could take the place of the refreshed one.
   Shared, so models are built side by side; the loader takes it alone. #}
{% macro hold_off_refreshes() %}
    {% do run_query(
        "select pg_advisory_xact_lock_shared(hashtextextended('ops.refresh', 0))"
    ) %}
{% endmacro %}
