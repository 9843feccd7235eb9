{{ config(
    tags=['leads'],
    indexes=[{'columns': ['facility_id'], 'unique': true}]
) }}

with facilities as (

    select * from {{ ref('int_registered_facilities') }}

),

final as (

    select
        facility_id,
        addresscode_id,
        contact_id,
        license_id,
        register,
        register_date,
        company,
        operator,
        licensee_name,
        facility_type,
        provider_id,
        capacity,
        accepts_financial_aid,
        ages_served,
        min_age,
        max_age,
        address1,
        address2,
        schedule,
        null::text as website_address,
        null::text as curriculum_type,
        null::text as language,
        loaded_at as updated_dt
    from facilities
    where generation = 1

)

select * from final
