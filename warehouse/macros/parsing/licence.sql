{# Kind and number of a licence that are one text, as "CHILD CARE CENTER -
   K830056761"; as (license_type, license_number) for `cross join lateral`. The
   number is the last word, if it stands behind a dash and has a digit. It is a
   text: 1106-22 is a number too. #}
{% macro type_and_number(text) -%}
(
    with squeezed as (
        select {{ squeezed(text) }} as licence
    ),

    numbered as (
        select
            licence,
            substring(licence from '(?:^| )- ?([^ ]*\d[^ ]*)$') as license_number
        from squeezed
    )

    select
        case
            when license_number is null then licence
            else nullif(
                rtrim(
                    left(licence, length(licence) - length(license_number)), ' -'
                ),
                ''
            )
        end as license_type,
        license_number
    from numbered
)
{%- endmacro %}

{# What kind of facility a licence is for. A home is one whatever else it is
   called, and so is a centre: "Licensed Center - School Age Program". #}
{% macro facility_type(license_type) -%}
case
    when {{ license_type }} ~* '\m(home|family|residen\w*)\M' then 'home'
    when {{ license_type }} ~* '\m(center|centre|nursery|preschool)\M' then 'center'
    when {{ license_type }} ~* '\m(program|school|camp|after|before)' then 'program'
    when {{ license_type }} is not null then 'other'
end
{%- endmacro %}
