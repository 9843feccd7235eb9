{# A range as people write it: "out of 0..5", "below 0", "above 5". #}
{% macro out_of_range(minimum, maximum) -%}
    {%- if minimum is not none and maximum is not none -%}
        out of {{ minimum }}..{{ maximum }}
    {%- elif minimum is not none -%} below {{ minimum }}
    {%- else -%} above {{ maximum }}
    {%- endif -%}
{%- endmacro %}

{# A share as people write it: 0.125 is "12.5 %". #}
{% macro percent(share) -%}
    {{ (share * 100) | round(4) | string | replace('.0', '') }} %
{%- endmacro %}

{# One name or a list of names, as a list. #}
{% macro listed(names) %}
    {{ return([names] if names is string else names or []) }}
{% endmacro %}
