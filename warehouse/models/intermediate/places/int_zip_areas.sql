{{ config(materialized='view') }}

with areas as (

    select * from {{ ref('stg_zip_areas') }}

),

loads as (

    select * from {{ ref('stg_load') }}

),

{# The name of a gazetteer begins with its year. #}
ordered as (

    select
        areas.zip,
        areas.geom,
        row_number() over (
            partition by areas.zip
            order by
                loads.filename desc nulls last,
                ops.load_number(areas._load_id) desc,
                areas._row_number desc
        ) as place
    from areas
    left join loads on areas._load_id = loads._load_id

),

final as (

    select
        zip,
        geom
    from ordered
    where place = 1

)

select * from final
