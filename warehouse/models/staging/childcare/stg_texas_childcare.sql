with source as (

    select * from {{ source('childcare', 'texas_childcare') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        register_date,
        operation_number as license_number,
        agency_number,
        operation_name as company,
        address as address1,
        city,
        state,
        zip,
        county,
        phone,
        type as license_type,
        status as license_status,
        issue_date as license_issued,
        capacity,
        email_address as email,
        facility_id as provider_id,
        monitoring_frequency,
        infant as takes_infants,
        toddler as takes_toddlers,
        preschool as takes_preschool,
        school as takes_school_age
    from source

)

select * from renamed
