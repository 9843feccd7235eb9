{# A zone as `at time zone` takes it. Four zones have the name of an abbreviation,
   which Postgres prefers: by CET it means one hour before UTC, in summer too. They
   are links to these cities (https://www.iana.org/time-zones, 2024b). #}
{% macro zone_by_name(zone) -%}
(
    case {{ zone }}
        when 'CET' then 'Europe/Brussels'
        when 'EET' then 'Europe/Athens'
        when 'MET' then 'Europe/Brussels'
        when 'WET' then 'Europe/Lisbon'
        else {{ zone }}
    end
)
{%- endmacro %}
