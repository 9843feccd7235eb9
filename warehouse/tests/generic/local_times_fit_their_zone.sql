{# Local times that the clock of their zone never showed, because it leapt over
   them; with `occurrence`, also those that come again where it did not go back.
   Without a zone nothing is judged. `key` names the columns that identify a
   row. #}
{% test local_times_fit_their_zone(
    model, local, zone, occurrence=none, key=none
) %}

{{ config(meta={
    'words': '{rows} with a ' ~ local
        ~ ' that the clock of its zone did not show',
    'key': listed(key),
}) }}

{% set clock = zone_by_name(zone) %}

with checked as (

    select
        *,
        case
            when ({{ local }} at time zone {{ clock }}) at time zone {{ clock }}
                != {{ local }}
                then {{ local }} || ' does not exist in ' || {{ zone }}
            {% if occurrence is not none %}
            when
                {{ occurrence }} > 1
                and {{ instant_of(local, zone, 1) }}
                = {{ local }} at time zone {{ clock }}
                then {{ local }} || ' comes again, and the clock of '
                    || {{ zone }} || ' did not go back'
            {% endif %}
        end as problem
    from {{ model }}

)

select *
from checked
where problem is not null

{% endtest %}
