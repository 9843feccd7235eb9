{# A person's name, which comes as "First Last" or as "LAST, FIRST"; as
   (first_name, last_name) for `cross join lateral`.

   A form of address in front is left out. The last name is the last word, with
   what belongs to it: de la Cruz, Smith Jr. Middle names stay with the first. A
   name of one word is a first name. #}
{% macro person_name(name) -%}
(
    with plain as (
        select
            regexp_replace(
                regexp_replace(
                    {{ squeezed(name) }}, '^(mr|mrs|ms|miss|dr|rev)\.? ', '', 'i'
                ),
                '\s?,\s?((jr|sr|ii|iii|iv)\.?)$', ' \1', 'i'
            ) as name
    ),

    parted as (
        select
            name,
            case
                when name like '%,%' then {{ squeezed("split_part(name, ',', 1)") }}
                else substring(
                    name from
                    '(?i) (((de|del|de la|la|van|von|der|den|dos|da|st\.?) )*'
                    || '[^ ]+( (jr|sr|ii|iii|iv)\.?)?)$'
                )
            end as last_name
        from plain
    )

    select
        case
            when name like '%,%' then {{ squeezed("split_part(name, ',', 2)") }}
            when last_name is null then name
            else left(name, -length(last_name) - 1)
        end as first_name,
        last_name
    from parted
)
{%- endmacro %}

{# Whether a text is a person's name as registers write it, "LAST, FIRST", and
   not a firm: "ABC LEARNING, INC". #}
{% macro is_person(text) -%}
coalesce(
    {{ text }} ~ '^[^ ,&\d]+( [^ ,&\d]+){0,2}, ?[^ ,&\d]+( [^ ,&\d]+){0,2}$'
    and {{ text }} !~* (
        '\m(inc|incorporated|llc|l\.l\.c|llp|lp|ltd|corp|corporation|co|company'
        || '|church|school|schools|academy|center|centre|daycare|preschool|child'
        || '|children|kids|learning|care|university|college|ymca)\M'
    ),
    false
)
{%- endmacro %}

{# Name and title of a caregiver, which stand on lines of their own: the first
   line that is not blank is the name, what follows is the title; as (name,
   title) for `cross join lateral`. #}
{% macro caregiver(text) -%}
(
    with trimmed as (
        select
            btrim(
                translate({{ text }}, e'\r', e'\n'), e' \t\n'
            ) as lines
    )

    select
        {{ squeezed("split_part(lines, e'\\n', 1)") }} as name,
        {{ squeezed("regexp_replace(lines, e'^[^\\n]*', '')") }} as title
    from trimmed
)
{%- endmacro %}
