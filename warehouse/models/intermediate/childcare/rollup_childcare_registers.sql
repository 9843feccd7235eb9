with facilities as (

    select * from {{ ref('rollup_childcare_facilities') }}

)

select
    _load_id,
    register,
    register_date,
    count(*) as facilities
from facilities
group by 1, 2, 3
