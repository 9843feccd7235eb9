{{ config(
    tags=['leads'],
    indexes=[
        {'columns': ['facility_id'], 'unique': true},
        {'columns': ['state', 'company', 'facility_id']},
        {'columns': ['geom'], 'type': 'gist'},
    ]
) }}

with facilities as (

    select * from {{ ref('facility') }}

),

addresscodes as (

    select * from {{ ref('addresscode') }}

),

contacts as (

    select * from {{ ref('contact') }}

),

licenses as (

    select * from {{ ref('license') }}

),

zip_areas as (

    select * from {{ ref('int_zip_areas') }}

),

states as (

    select * from {{ ref('int_states') }}

),

final as (

    select
        facilities.accepts_financial_aid,
        facilities.ages_served,
        facilities.min_age,
        facilities.max_age,
        facilities.capacity,
        facilities.company,
        facilities.operator,
        facilities.licensee_name,
        licenses.license_number,
        licenses.license_type,
        licenses.license_status,
        licenses.license_issued,
        licenses.license_renewed,
        licenses.certificate_expiration_date,
        contacts.first_name,
        contacts.last_name,
        contacts.title,
        contacts.email,
        contacts.phone,
        contacts.phone2,
        facilities.address1,
        facilities.address2,
        addresscodes.city,
        addresscodes.county,
        addresscodes.state,
        addresscodes.zip,
        facilities.schedule,
        facilities.provider_id,
        facilities.website_address,
        facilities.curriculum_type,
        facilities.language,
        facilities.facility_type,
        facilities.facility_id,
        facilities.register,
        facilities.register_date,
        facilities.updated_dt,
        case
            when zip_areas.zip is not null then 'zip'
            when states.state is not null then 'state'
        end as location_precision,
        coalesce(zip_areas.geom, states.centroid)::geometry (point, 4326)
            as geom
    from facilities
    left join addresscodes
        on facilities.addresscode_id = addresscodes.addresscode_id
    left join contacts on facilities.contact_id = contacts.contact_id
    left join licenses on facilities.license_id = licenses.license_id
    left join zip_areas on addresscodes.zip = zip_areas.zip
    left join states on addresscodes.state = states.state

)

select * from final
