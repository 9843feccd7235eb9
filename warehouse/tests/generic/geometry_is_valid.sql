{# Rows whose geometry is invalid, has another SRID or leaves the bounds, with
   the reason in words. `key` names the columns that identify a row. #}
{% test geometry_is_valid(
    model, column_name, srid=4326, bounds=[-180, -90, 180, 90], key='*'
) %}

{{ config(meta={
    'words': '{rows} of column ' ~ column_name ~ ' with a wrong geometry',
    'key': key.replace(' ', '').split(',') if key != '*' else [],
}) }}

with checked as (

    select
        {{ key }},
        case
            when not st_isvalid({{ column_name }})
                then st_isvalidreason({{ column_name }})
            when st_srid({{ column_name }}) != {{ srid }}
                then 'SRID ' || st_srid({{ column_name }}) || ', not {{ srid }}'
            when not st_coveredby(
                st_force2d({{ column_name }}),
                st_makeenvelope({{ bounds | join(', ') }}, {{ srid }})
            )
                then 'out of bounds: ' || st_astext(st_envelope({{ column_name }}))
        end as problem
    from {{ model }}
    where {{ column_name }} is not null

)

select *
from checked
where problem is not null

{% endtest %}
