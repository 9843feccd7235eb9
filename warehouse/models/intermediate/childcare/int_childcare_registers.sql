{{ config(materialized='view') }}

with registers as (

    select * from {{ ref('rollup_childcare_registers') }}

),

loads as (

    select * from {{ ref('stg_load') }}

),

dated as (

    select
        registers._load_id,
        registers.register,
        registers.register_date,
        registers.facilities,
        loads.filename,
        loads.loaded_at,
        row_number() over (
            partition by
                registers.register,
                coalesce(
                    registers.register_date::text, registers._load_id::text
                )
            order by ops.load_number(registers._load_id) desc
        ) as place
    from registers
    left join loads on registers._load_id = loads._load_id

),

{# Of several files of one day the last one counts. #}
final as (

    select
        _load_id,
        register,
        register_date,
        facilities,
        filename,
        loaded_at,
        row_number() over (
            partition by register
            order by
                register_date desc nulls last,
                ops.load_number(_load_id) desc
        ) as generation
    from dated
    where place = 1

)

select * from final
