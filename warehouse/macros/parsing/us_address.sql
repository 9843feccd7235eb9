{# The cities of Nevada that licence registers know, as one alternation. The
   match is anchored at its end, and Postgres takes the one that begins first:
   the longest. #}
{% macro nevada_cities() -%}
{{ [
    'NORTH LAS VEGAS', 'N[.]? LAS VEGAS', 'LAS VEGAS', 'HENDERSON',
    'BOULDER CITY', 'MESQUITE', 'SPRING CREEK', 'CARSON CITY', 'LAUGHLIN',
    'RENO', 'SPARKS', 'ELKO', 'WEST WENDOVER', 'FALLON', 'FERNLEY', 'DAYTON',
    'GARDNERVILLE', 'MINDEN', 'PAHRUMP', 'WINNEMUCCA', 'ELY', 'YERINGTON',
    'LOVELOCK', 'BATTLE MOUNTAIN', 'TONOPAH', 'HAWTHORNE', 'SUN VALLEY',
    'INCLINE VILLAGE', 'ZEPHYR COVE', 'STATELINE', 'SILVER SPRINGS', 'CALIENTE',
    'CARLIN', 'WELLS', 'OVERTON', 'LOGANDALE', 'MOAPA', 'INDIAN SPRINGS',
    'NELLIS AFB', 'VIRGINIA CITY', 'EUREKA', 'PIOCHE', 'PANACA', 'ALAMO',
    'SANDY VALLEY', 'SCHURZ', 'OWYHEE', 'MCDERMITT', 'JACKPOT', 'WADSWORTH',
    'NIXON', 'VERDI', 'WASHOE VALLEY', 'WELLINGTON', 'AMARGOSA VALLEY', 'BEATTY',
    'ROUND MOUNTAIN', 'ENTERPRISE', 'PARADISE', 'SPRING VALLEY'
] | join('|') }}
{%- endmacro %}

{# An address that is one text, as "150 N. WILLOW ST MESQUITE, NV 89027", in its
   parts: (street, city, state, zip) for `cross join lateral`.

   Nothing stands between street and city, so the city is one of `cities`; one
   that is none of them is found behind a comma only. What is not found is null,
   and the text up to what is found is the street. A ZIP+4 gives its ZIP. #}
{% macro us_address(text, cities) -%}
(
    with squeezed as (
        select {{ squeezed(text) }} as address
    ),

    ended as (
        select
            address,
            regexp_match(
                address,
                '(?:(?:,\s?|\s)([a-z]{2})[,.]?\s(\d{5})(?:-?\d{4})?'
                || '|,\s?([a-z]{2})'
                || '|,\s?(\d{5})(?:-?\d{4})?'
                || ')[\s.,]*$',
                'i'
            ) as found,
            rtrim(
                regexp_replace(
                    address,
                    '(?:(?:,\s?|\s)[a-z]{2}[,.]?\s\d{5}(?:-?\d{4})?'
                    || '|,\s?[a-z]{2}'
                    || '|,\s?\d{5}(?:-?\d{4})?'
                    || ')[\s.,]*$',
                    '',
                    'i'
                ),
                ' ,'
            ) as before
        from squeezed
    ),

    parted as (
        select
            found,
            before,
            coalesce(
                substring(upper(before) from '(?:^|[ ,])({{ cities }})$'),
                substring(upper(before) from ', ?([^,\d]+)$')
            ) as city
        from ended
    )

    select
        nullif(
            btrim(
                left(before, length(before) - coalesce(length(city), 0)), ' ,'
            ),
            ''
        ) as street,
        regexp_replace(city, '^N[.]? ', 'NORTH ') as city,
        upper(coalesce(found[1], found[3])) as state,
        coalesce(found[2], found[4]) as zip
    from parted
)
{%- endmacro %}

{# The five digits of a ZIP or ZIP+4; null for anything else. #}
{% macro zip(text) -%}
substring({{ text }} from '^\s*(\d{5})(?:-?\d{4})?\s*$')
{%- endmacro %}

{# The two letters of a state that is written out. #}
{% macro state_code(text) -%}
case {{ capitals(text) }}
    when 'NEVADA' then 'NV'
    when 'OKLAHOMA' then 'OK'
    when 'TEXAS' then 'TX'
    else {{ capitals(text) }}
end
{%- endmacro %}
