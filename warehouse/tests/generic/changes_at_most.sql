{# Groups in which a measure changed by more than a share from one period to the
   next. The period before is exactly one `step` away: without it, or where it
   has no measure or one below `minimum_base`, nothing is compared. #}
{% test changes_at_most(
    model, measure, period, share, group_by=none, step=1, minimum_base=0
) %}

{% set groups = listed(group_by) %}
{{ config(meta={
    'words': '{changes} of ' ~ measure ~ ' by more than ' ~ percent(share)
        ~ ' from one ' ~ period ~ ' to the next',
    'key': groups + [period],
}) }}

with measured as (

    select
        {% for name in groups %} {{ name }}, {% endfor %}
        {{ period }},
        ({{ measure }})::numeric as measure
    from {{ model }}
    group by {{ (groups + [period]) | join(', ') }}

),

compared as (

    select
        *,
        case
            when lag({{ period }}) over periods = {{ period }} - {{ step }}
                then lag(measure) over periods
        end as former
    from measured
    window periods as (
        {% if groups %} partition by {{ groups | join(', ') }} {% endif %}
        order by {{ period }}
    )

)

select
    *,
    round(former, 2) || ' before, now ' || round(measure, 2) || ' ('
    || to_char(100 * (measure - former) / abs(former), 'FMSG999999990.0')
    || ' %)' as problem
from compared
where
    former != 0
    and abs(former) >= {{ minimum_base }}
    and abs(measure - former) > {{ share }} * abs(former)

{% endtest %}
