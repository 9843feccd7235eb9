with source as (

    select * from {{ source('usgs', 'earthquakes') }}

),

timed as (

    select
        *,
        to_timestamp(time / 1000.0) as occurred_at,
        to_timestamp(updated / 1000.0) as updated_at
    from source

),

renamed as (

    select
        _load_id,
        _row_number,
        event_id,
        type as category,
        magnitude,
        magnitude_type,
        place,
        net as network,
        status,
        occurred_at,
        updated_at,
        (occurred_at at time zone 'UTC')::date as day,
        st_z(geom) as depth_km,
        -- Left three-dimensional: any function around it would hide it from
        -- the GiST index of the raw table.
        geom
    from timed

)

select * from renamed
