select date '2025-02-28' as as_of_date, false as is_current
union all
select date '2025-03-31' as as_of_date, false as is_current
union all
select date '2025-04-15' as as_of_date, true as is_current
