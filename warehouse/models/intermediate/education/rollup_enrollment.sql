{#
    A row for each record of a school in a load. A record that comes twice in
    one file counts once, as it stands there last.
#}

with enrollment as (

    select * from {{ ref('stg_enrollment') }}

)

select
    _load_id,
    year,
    school_id,
    grade,
    race,
    sex,
    (array_agg(state_fips order by _row_number desc))[1] as state_fips,
    (array_agg(enrollment order by _row_number desc))[1] as enrollment,
    count(*) as n
from enrollment
group by 1, 2, 3, 4, 5, 6
