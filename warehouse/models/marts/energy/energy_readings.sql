{{ config(materialized='view') }}

-- Without CTEs, so that a page is read along the index of the readings.
select
    readings.park_name,
    parks.energy_type,
    parks.timezone,
    readings.measured_at,
    readings.occurrence,
    {{ instant_of(
        'readings.measured_at', 'parks.timezone', 'readings.occurrence'
    ) }} as instant,
    readings.megawatts
from {{ ref('int_energy_readings') }} as readings
left join {{ ref('parks') }} as parks on readings.park_name = parks.park_name
