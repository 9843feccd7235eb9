{# The instant at which a clock of `zone` showed the local time `local` for the
   nth time. Where the clock went back it shows an hour twice: the first time is
   the earlier instant, any other the later one. A time that a clock leapt over
   is read by the offset before the leap.

   Postgres gives the later instant of the two. Three hours before that the old
   offset was in force (no clock of today goes back further); what is left to
   the local time, walked at that offset, ends at the earlier instant, if it
   shows the same local time there. #}
{% macro instant_of(local, zone, occurrence) -%}
{%- set zone = zone_by_name(zone) -%}
{%- set later = local ~ ' at time zone ' ~ zone -%}
{%- set before = '(' ~ later ~ " - interval '3 hours')" -%}
{%- set earlier =
    '(' ~ before
    ~ ' + (' ~ local ~ ' - ' ~ before ~ ' at time zone ' ~ zone ~ '))'
-%}
case
    when
        {{ occurrence }} = 1
        and {{ earlier }} at time zone {{ zone }} = {{ local }}
        then {{ earlier }}
    else {{ later }}
end
{%- endmacro %}
