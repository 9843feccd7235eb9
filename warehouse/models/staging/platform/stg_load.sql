with source as (

    select * from {{ source('platform', 'load') }}

),

renamed as (

    select
        load_id as _load_id,
        feed,
        regexp_replace(key, '^.*/', '') as filename,
        finished_at as loaded_at,
        rows_rejected::numeric / nullif(rows_read, 0) as rejected_share,
        refreshed_at
    from source
    where status = 'loaded'

)

select * from renamed
