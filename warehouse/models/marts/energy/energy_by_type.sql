{{ config(materialized='view') }}

with parks as (

    select * from {{ ref('energy_by_park') }}

)

select
    energy_type,
    park_name,
    timezone,
    date,
    megawatts_min,
    megawatts_max,
    megawatts_sum,
    readings,
    energy_mwh
from parks
