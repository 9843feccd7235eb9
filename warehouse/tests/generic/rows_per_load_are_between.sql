{# Current loads that brought fewer or more rows than expected; and the newest
   load of a feed, where its rows differ from the mean of the loads before it by
   more than a share of that mean. `rows` counts the rows of a load: on a rollup
   say sum(n). #}
{% test rows_per_load_are_between(
    model, minimum=none, maximum=none, maximum_change=none, rows='count(*)'
) %}

{% set expected = [] %}
{% if minimum is not none or maximum is not none %}
    {% do expected.append(out_of_range(minimum, maximum) ~ ' rows') %}
{% endif %}
{% if maximum_change is not none %}
    {% do expected.append(
        'more than ' ~ percent(maximum_change) ~ ' off the mean of those before'
    ) %}
{% endif %}
{% if not expected %}
    {% do exceptions.raise_compiler_error(
        'rows_per_load_are_between needs a minimum, maximum or maximum_change'
    ) %}
{% endif %}
{{ config(meta={'words': '{loads} ' ~ expected | join(' or ')}) }}

with counted as (

    select
        _load_id,
        {{ rows }} as n
    from {{ model }}
    group by 1

),

feeds as (

    select distinct load.feed
    from counted
    inner join ops.load on counted._load_id = load.load_id

),

{# A load of which nothing is left counts, once the model has caught up. #}
current_loads as (

    select
        load.load_id as _load_id,
        ops.load_number(load.load_id) as number,
        load.feed,
        load.key as file,
        coalesce(counted.n, 0) as n
    from ops.load
    inner join feeds on load.feed = feeds.feed
    left join counted on load.load_id = counted._load_id
    where
        load.status = 'loaded'
        and (counted.n is not null or load.refreshed_at is not null)

),

compared as (

    select
        *,
        avg(n) over former as mean_before,
        number = max(number) over (partition by feed) as is_newest
    from current_loads
    window former as (
        partition by feed
        order by number
        rows between unbounded preceding and 1 preceding
    )

),

judged as (

    select
        _load_id,
        file,
        n,
        case
            {% if minimum is not none %}
            when n < {{ minimum }} then n || ' rows, less than {{ minimum }}'
            {% endif %}
            {% if maximum is not none %}
            when n > {{ maximum }} then n || ' rows, more than {{ maximum }}'
            {% endif %}
            {% if maximum_change is not none %}
            when
                is_newest
                and abs(n - mean_before) > {{ maximum_change }} * mean_before
                then n || ' rows, on average ' || round(mean_before) || ' before'
            {% endif %}
        end as problem
    from compared

)

select *
from judged
where problem is not null

{% endtest %}
