{# A phone number as 702-555-0123, where a text is one US number or two of them;
   any other text stays as it is. #}
{% macro phone_number(text) -%}
regexp_replace(
    {{ squeezed(text) }}, '{{ _phone_numbers() }}', '\1-\2-\3', 'i'
)
{%- endmacro %}

{# The second of two numbers in one text; null where there is none. #}
{% macro second_phone_number(text) -%}
nullif(
    array_to_string(
        (regexp_match({{ squeezed(text) }}, '{{ _phone_numbers() }}', 'i'))[4:6],
        '-'
    ),
    ''
)
{%- endmacro %}

{% macro _phone_numbers() -%}
{%- set number = '(?:\\+?1[-. ]*)?[(]?(\\d{3})[)]?[-. ]*(\\d{3})[-. ]*(\\d{4})' -%}
^{{ number }}(?: ?(?:[,;/&|]|or|and) ?{{ number }})?$
{%- endmacro %}
