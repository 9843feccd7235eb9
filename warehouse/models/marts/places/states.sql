{{ config(
    indexes=[
        {'columns': ['state_fips'], 'unique': true},
        {'columns': ['geom'], 'type': 'gist'},
    ]
) }}

with states as (

    select * from {{ ref('us_states') }}

)

select
    state_fips,
    state_name,
    geom
from states
