{# Rows whose text does not contain what a regular expression describes (anchor
   it with ^ and $ for the whole text); null passes. #}
{% test matches(model, column_name, pattern) %}

{{ config(meta={
    'words': '{rows} of column ' ~ column_name ~ ' not of the form ' ~ pattern
}) }}

with failing as (

    select *
    from {{ model }}
    where {{ column_name }}::text !~ {{ quoted(pattern) }}

)

{{ with_file('failing') }}

{% endtest %}
