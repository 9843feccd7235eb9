{# Who owns a facility and what it calls itself, from "LAST, FIRST DBA NAME"
   (doing business as); as (owner, name) for `cross join lateral`. Without DBA
   there is no owner; one without a name gives its own. #}
{% macro trade_name(text) -%}
(
    with split as (
        select
            regexp_split_to_array(
                {{ text }}, '(^|\s+)d\.?/?b\.?/?a\.?:?(\s+|$)', 'i'
            ) as pieces
    )

    select
        case
            when cardinality(pieces) > 1 then {{ squeezed('pieces[1]') }}
        end as owner,
        coalesce(
            {{ squeezed("array_to_string(pieces[2:], ' DBA ')") }},
            {{ squeezed('pieces[1]') }}
        ) as name
    from split
)
{%- endmacro %}
