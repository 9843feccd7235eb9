{{ config(
    indexes=[
        {'columns': ['park_name', 'measured_at', 'occurrence', '_load_id']},
    ]
) }}

with readings as (

    select * from {{ ref('stg_energy_readings') }}

)

select
    _load_id,
    park_name,
    measured_at,
    row_number() over (
        partition by _load_id, park_name, measured_at
        order by _row_number
    ) as occurrence,
    megawatts
from readings
