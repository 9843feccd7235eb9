{# The column, summed over the model, must count every row of another model
   once: nothing lost, nothing doubled on the way. #}
{% test sums_to_rows_of(model, column_name, rows_of, where='true') %}

{{ config(meta={
    'words': 'column ' ~ column_name ~ ' loses or doubles rows'
}) }}

select
    expected.n as rows_expected,
    found.n as rows_found,
    expected.n || ' rows, counted are ' || found.n as problem
from (
    select count(*) as n from {{ rows_of }} where {{ where }}
) as expected
cross join (
    select coalesce(sum({{ column_name }}), 0) as n from {{ model }}
) as found
where expected.n != found.n

{% endtest %}
