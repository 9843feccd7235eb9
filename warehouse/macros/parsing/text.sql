{# Text as a person would write it: white space of any kind is one blank, none
   at the ends, and nothing at all is null. #}
{% macro squeezed(text) -%}
nullif(btrim(regexp_replace({{ text }}, '\s+', ' ', 'g')), '')
{%- endmacro %}

{# The same in capitals, for names of places: one place, one spelling. #}
{% macro capitals(text) -%}
upper({{ squeezed(text) }})
{%- endmacro %}

{# A name whose quotes were written twice somewhere on its way: K" Street" and
   "K"" Street""" are "K" Street; quotes around the whole name go, and so does
   one that has no partner. #}
{% macro without_stray_quotes(text) -%}
(
    with single as (
        select {{ squeezed("regexp_replace(" ~ text ~ ", '\"+', '\"', 'g')") }}
            as name
    )

    select nullif(
        case
            when name ~ '^"[^"]*"$' then btrim(btrim(name, '"'))
            when name ~ '^[^"]+"\s[^"]*"$' then '"' || rtrim(name, '"')
            when name ~ '^"[^"]+"[^"]*"$' then rtrim(rtrim(name, '"'))
            when name ~ '^[^"]*"[^"]*$' then btrim(replace(name, '"', ''))
            else name
        end,
        ''
    )
    from single
)
{%- endmacro %}

{# True and false as registers write them; null for anything else. #}
{% macro yes_or_no(text) -%}
case
    when {{ text }} ~* '^\s*(y|yes|true|1|accepts\M.*)\s*$' then true
    when {{ text }} ~* '^\s*(n|no|false|0|(does )?not\M.*)\s*$' then false
end
{%- endmacro %}

{# What stands behind a label and a colon, as in "Contract Number: 29735"; the
   whole text where there is no colon. N/A is null. #}
{% macro behind_label(text) -%}
{{ squeezed("regexp_replace(" ~ text ~ ", '^[^:]*:|\\mN/A\\M', '', 'gi')") }}
{%- endmacro %}

{# The first whole number of a text, of six digits at most. #}
{% macro whole_number_in(text) -%}
substring(replace({{ text }}, ',', '') from '\m\d{1,6}\M')::integer
{%- endmacro %}

{# The ISO date that stands somewhere in a text, as in "Monitoring since
   2023-05-02"; null where there is none, or no such day. #}
{% macro date_in(text) -%}
(
    select
        case
            when extract(month from first_day + days) = extract(month from first_day)
                then first_day + days
        end
    from (
        select
            (ymd[1] || '-' || ymd[2] || '-01')::date as first_day,
            ymd[3]::integer - 1 as days
        from regexp_match(
            {{ text }},
            '\m([12]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\M'
        ) as found (ymd)
    ) as found
)
{%- endmacro %}
