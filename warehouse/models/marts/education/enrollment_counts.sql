{{ config(materialized='view') }}

with sums as (

    select * from {{ ref('enrollment_sums') }}

)

select
    year,
    sum(records)::bigint as records,
    sum(pre_k_records)::bigint as pre_k_records,
    sum(schools)::bigint as schools,
    sum(enrollment)::bigint as enrollment,
    count(*) filter (where pre_k_records > 0) as states
from sums
group by 1
