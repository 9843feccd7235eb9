{{ config(materialized='view') }}

with facilities as (

    select * from {{ ref('rollup_childcare_facilities') }}

),

registers as (

    select * from {{ ref('int_childcare_registers') }}

),

final as (

    select
        facilities._load_id,
        facilities._row_number,
        facilities.facility_id,
        facilities.addresscode_id,
        facilities.contact_id,
        facilities.license_id,
        facilities.register,
        facilities.register_date,
        facilities.accepts_financial_aid,
        facilities.ages_served,
        facilities.min_age,
        facilities.max_age,
        facilities.capacity,
        facilities.company,
        facilities.operator,
        facilities.licensee_name,
        facilities.license_number,
        facilities.license_type,
        facilities.license_status,
        facilities.license_issued,
        facilities.certificate_expiration_date,
        facilities.first_name,
        facilities.last_name,
        facilities.title,
        facilities.email,
        facilities.phone,
        facilities.phone2,
        facilities.address1,
        facilities.address2,
        facilities.city,
        facilities.county,
        facilities.state,
        facilities.zip,
        facilities.schedule,
        facilities.provider_id,
        facilities.facility_type,
        registers.generation,
        registers.loaded_at
    from facilities
    inner join registers on facilities._load_id = registers._load_id
    where registers.generation <= 2

)

select * from final
