with source as (

    select * from {{ source('childcare', 'nevada_childcare') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        register_date,
        name as company,
        credential_type as license_type,
        credential_number as license_number,
        status as license_status,
        first_issue_date as license_issued,
        expiration_date as certificate_expiration_date,
        disciplinary_action,
        address,
        state,
        county,
        phone,
        primary_contact_name as contact_name,
        primary_contact_role as contact_role
    from source

)

select * from renamed
