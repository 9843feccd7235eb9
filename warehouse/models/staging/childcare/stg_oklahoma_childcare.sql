with source as (

    select * from {{ source('childcare', 'oklahoma_childcare') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        register_date,
        type_license,
        company,
        accepts_subsidy,
        subsidy_contract_number,
        year_round,
        daytime_hours,
        star_level,
        mon as monday,
        tues as tuesday,
        wed as wednesday,
        thurs as thursday,
        friday,
        saturday,
        sunday,
        primary_caregiver,
        phone,
        email,
        address1,
        address2,
        city,
        state,
        zip,
        total_cap as capacity,
        ages_accepted_1,
        aa2 as ages_accepted_2,
        aa3 as ages_accepted_3,
        aa4 as ages_accepted_4,
        license_monitoring_since,
        school_year_only,
        evening_hours
    from source

)

select * from renamed
