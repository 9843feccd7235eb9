{{ config(
    indexes=[
        {'columns': ['park_name', 'date'], 'unique': true},
        {'columns': ['date']},
    ]
) }}

with days as (

    select * from {{ ref('rollup_energy_by_day') }}

),

readings as (

    select * from {{ ref('int_energy_readings') }}

),

parks as (

    select * from {{ ref('parks') }}

),

-- Days of which several loads hold readings: only there rows must be chosen.
shared_days as (

    select
        park_name,
        date
    from days
    group by 1, 2
    having count(*) > 1

),

of_one_load as (

    select days.*
    from days
    left join shared_days
        on
            days.park_name = shared_days.park_name
            and days.date = shared_days.date
    where shared_days.date is null

),

of_several_loads as (

    select
        shared_days.park_name,
        shared_days.date,
        count(*) as readings,
        min(readings.megawatts) as megawatts_min,
        max(readings.megawatts) as megawatts_max,
        sum(readings.megawatts) as megawatts_sum
    from shared_days
    inner join readings
        on
            shared_days.park_name = readings.park_name
            and shared_days.date <= readings.measured_at
            and shared_days.date + 1 > readings.measured_at
    group by 1, 2

),

merged as (

    select
        park_name,
        date,
        readings,
        megawatts_min,
        megawatts_max,
        megawatts_sum
    from of_one_load
    union all
    select * from of_several_loads

),

final as (

    select
        merged.park_name,
        parks.energy_type,
        parks.timezone,
        merged.date,
        merged.megawatts_min,
        merged.megawatts_max,
        merged.megawatts_sum,
        merged.readings,
        -- A product of decimals is exact; a quotient may be rounded.
        merged.megawatts_sum * 0.25 as energy_mwh
    from merged
    left join parks on merged.park_name = parks.park_name

)

select * from final
