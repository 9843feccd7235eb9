with readings as (

    select * from {{ ref('stg_energy_readings') }}

)

select
    _load_id,
    park_name,
    measured_at::date as date,
    count(*) as readings,
    min(megawatts) as megawatts_min,
    max(megawatts) as megawatts_max,
    sum(megawatts) as megawatts_sum
from readings
group by 1, 2, 3
