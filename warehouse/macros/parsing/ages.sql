{# The groups of ages as Oklahoma writes them. Texas only says which of them an
   operation takes. #}
{% macro age_group(name) -%}
'{{ {
    'infants': 'Infants (0-11 months)',
    'toddlers': 'Toddlers (12-23 months; 1yr.)',
    'preschool': 'Preschool (24-48 months; 2-4 yrs.)',
    'school_age': 'School-age (5 years-older)',
}[name] }}'
{%- endmacro %}

{# One group of ages, as "Toddlers (12-23 months; 1yr.)", in its parts:
   (age_group, min_age, max_age, is_open) for `cross join lateral`.

   Ages are whole months, both included; the months count where a text says
   years too. An open group, "5 years-older", has no max_age. #}
{% macro age_range(text) -%}
(
    with squeezed as (
        select {{ squeezed(text) }} as ages
    ),

    found as (
        select
            ages,
            regexp_match(ages, '\m(\d{1,3}) ?- ?(\d{1,3}) ?mo', 'i') as months,
            regexp_match(ages, '\m(\d{1,2}) ?- ?(\d{1,2}) ?y', 'i') as years,
            regexp_match(
                ages,
                '\m(\d{1,2})[ -]?(?:y[a-z]*[.]?)?[ -]*(?:and |or |& )?'
                || '(?:older|up|over)\M',
                'i'
            ) as open_years
        from squeezed
    )

    select
        nullif(rtrim(regexp_replace(ages, '[(].*$', '')), '') as age_group,
        coalesce(
            months[1]::integer,
            years[1]::integer * 12,
            open_years[1]::integer * 12
        ) as min_age,
        case
            when open_years is null
                then coalesce(months[2]::integer, years[2]::integer * 12 + 11)
        end as max_age,
        open_years is not null as is_open
    from found
)
{%- endmacro %}

{# Several groups together: (ages_served, min_age, max_age) for `cross join
   lateral`. max_age is null where one group is open, or none says its ages. #}
{% macro ages_served(texts) -%}
(
    select
        string_agg(part.age_group, ', ' order by said.place) as ages_served,
        min(part.min_age) as min_age,
        case
            when not bool_or(part.is_open) then max(part.max_age)
        end as max_age
    from unnest(array[{{ texts | join(', ') }}]::text[])
        with ordinality as said (ages, place)
    cross join lateral {{ age_range('said.ages') }} as part
)
{%- endmacro %}
