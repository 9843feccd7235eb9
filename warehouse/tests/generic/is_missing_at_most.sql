{# The column is null or blank in at most this share of the rows: of all rows, or
   of each group of them. #}
{% test is_missing_at_most(model, column_name, share=0, group_by=none) %}

{% set groups = listed(group_by) %}
{% set of_groups = '{groups} of ' ~ groups | join(', ') ~ ' with ' %}
{{ config(meta={
    'words': (of_groups if groups else '') ~ 'column ' ~ column_name
        ~ ' missing in more than ' ~ percent(share) ~ ' of the rows',
    'key': groups,
}) }}

with counted as (

    select
        {% for name in groups %} {{ name }}, {% endfor %}
        count(*) as n,
        count(*) filter (
            where {{ column_name }} is null or {{ column_name }}::text !~ '\S'
        ) as missing
    from {{ model }}
    {% if groups %} group by {{ groups | join(', ') }} {% endif %}

)

select
    *,
    missing || ' of ' || n || ' rows have no {{ column_name }}' as problem
from counted
where missing > {{ share }} * n

{% endtest %}
