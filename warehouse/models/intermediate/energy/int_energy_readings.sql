{{ config(materialized='view') }}

-- Without CTEs, for Postgres does not look through a view that has some: it
-- would read all readings for one page of them. A join to the newer loads would
-- do the same.
select
    readings._load_id,
    readings.park_name,
    readings.measured_at,
    readings.occurrence,
    readings.megawatts
from {{ ref('rollup_energy_readings') }} as readings
where
    ops.load_number(readings._load_id) >= (
        select max(ops.load_number(same_time._load_id))
        from {{ ref('rollup_energy_readings') }} as same_time
        where
            same_time.park_name = readings.park_name
            and same_time.measured_at = readings.measured_at
    )
