with source as (

    select * from {{ source('education', 'enrollment') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        year,
        ncessch as school_id,
        leaid as district_id,
        lpad(fips::text, 2, '0') as state_fips,
        grade,
        race,
        sex,
        -- -1 is missing, -2 not applicable, -3 suppressed: no number of
        -- children, and never to be summed.
        case when enrollment >= 0 then enrollment end as enrollment
    from source

)

select * from renamed
