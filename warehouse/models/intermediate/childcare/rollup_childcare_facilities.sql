{{ config(indexes=[{'columns': ['facility_id']}]) }}

with facilities as (

    select * from {{ ref('int_childcare_facilities') }}

),

{# A licence number that stands twice in a file is two facilities. #}
numbered as (

    select
        *,
        row_number() over (
            partition by
                _load_id,
                coalesce(license_number, concat_ws('/', company, address1))
            order by company, address1, city, phone, _row_number
        ) as place
    from facilities

),

keyed as (

    select
        *,
        {{ hash_of([
            'register',
            "coalesce(license_number, concat_ws('/', company, address1))",
            'place',
        ]) }} as facility_id,
        {{ hash_of(['city', 'county', 'state', 'zip']) }} as addresscode_id
    from numbered

),

final as (

    select
        _load_id,
        _row_number,
        facility_id,
        addresscode_id,
        {{ hash_of(["'contact'", 'facility_id']) }} as contact_id,
        {{ hash_of(["'license'", 'facility_id']) }} as license_id,
        register,
        register_date,
        accepts_financial_aid,
        ages_served,
        min_age,
        max_age,
        capacity,
        company,
        operator,
        licensee_name,
        license_number,
        license_type,
        license_status,
        license_issued,
        certificate_expiration_date,
        first_name,
        last_name,
        title,
        email,
        phone,
        phone2,
        address1,
        address2,
        city,
        county,
        state,
        zip,
        schedule,
        provider_id,
        facility_type
    from keyed

)

select * from final
