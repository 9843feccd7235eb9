{{ config(
    indexes=[
        {'columns': ['park_name'], 'unique': true},
        {'columns': ['geom'], 'type': 'gist'},
    ]
) }}

with parks as (

    select * from {{ ref('stg_parks') }}

),

places as (

    select * from {{ ref('park_places') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by park_name
            order by ops.load_number(_load_id) desc, _row_number desc
        ) as age
    from parks

),

final as (

    select
        numbered.park_name,
        numbered.timezone,
        numbered.energy_type,
        places.approximate,
        st_setsrid(
            st_makepoint(places.longitude, places.latitude), 4326
        ) as geom
    from numbered
    left join places on numbered.park_name = places.park_name
    where numbered.age = 1

)

select * from final
