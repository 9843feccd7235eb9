{{ config(materialized='view') }}

with states as (

    select * from {{ ref('us_states') }}

),

codes as (

    select * from {{ ref('us_postal_codes') }}

),

final as (

    select
        codes.postal_code as state,
        states.state_fips,
        states.state_name,
        st_centroid(states.geom)::geometry (point, 4326) as centroid
    from states
    inner join codes on states.state_fips = codes.state_fips

)

select * from final
