"""A small published release made by hand: six customers, three schemes, four month ends.

The tables are declared as the models' contracts declare them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from ruamel.yaml import YAML

from clientele.settings import PROJECT

MARTS = PROJECT / "dbt_project" / "marts"


def declarations() -> str:
    """The published tables, without a row."""
    statements = []
    for file in sorted(MARTS.rglob("*.yml")):
        for model in YAML(typ="safe").load(file.read_text(encoding="utf-8")).get("models", []):
            types = {"release_id": "varchar"} | {
                column["name"]: column["data_type"] for column in model["columns"]
            }
            columns = ", ".join(f"{name} {data_type}" for name, data_type in types.items())
            statements.append(f"create table {model['name']} ({columns})")
    return ";\n".join(statements) + ";\n"


RELEASES = """
insert into releases by name
select *, sequence_number || '' as run_id from (values
    ('r000001', 1, '2026-02-28'::date, 5, null, 'sha256:aa', '2026-03-01 01:00:00'::timestamp),
    ('r000002', 2, '2026-03-31', 9, 'r000001', 'sha256:bb', '2026-04-01 02:11:12')
) as releases (
    release_id, sequence_number, as_of_date, known_load_id, previous_release_id, content_digest, published_at
);
"""

# 10,000.00 now, 8,000 a month ago, 4,000 a year ago. c-02 and c-05 are likelier gone than not.
VALUES = """
insert into customer_values_monthly by name
select 'CNY' as currency_code, * from (values
    ('c-01', '2026-03-31'::date, 6400.50, 500, 2, 14, 457.18, 0.95, '2026-03-20'::date),
    ('c-02', '2026-03-31', 1600.25, 100, 1, 9, 177.81, 0.25, '2026-03-02'),
    ('c-03', '2026-03-31', 1000.25, 50, 1, 4, 250.06, 0.60, '2026-03-01'),
    ('c-04', '2026-03-31', 900.00, 0, 0, 3, 300, 0.55, '2025-12-01'),
    ('c-05', '2026-03-31', 99.00, 0, 0, 1, 99, 0.10, '2025-06-01'),
    ('c-06', '2026-03-31', 0, 0, 0, 0, null, null, null),
    ('c-01', '2026-02-28', 6100, 300, 1, 12, 508, 0.9, '2026-02-20'),
    ('c-02', '2026-02-28', 700, 0, 0, 8, 87, 0.5, '2025-11-02'),
    ('c-03', '2026-02-28', 1000.25, 0, 0, 4, 250, 0.6, '2025-11-02'),
    ('c-04', '2026-02-28', 199.75, 0, 0, 1, 199, 0.6, '2025-12-01'),
    ('c-05', '2026-02-28', 0, 0, 0, 0, null, 0.1, '2024-06-01'),
    ('c-01', '2025-03-31', 3000, 100, 1, 5, 600, 0.9, '2025-03-20'),
    ('c-03', '2025-03-31', 1000, 100, 1, 2, 500, 0.9, '2025-03-20')
) as figures (
    customer_key, as_of_date, net_sales_12m_amount, net_sales_1m_amount, visits_1m_count, visits_12m_count,
    average_visit_12m_amount, predicted_alive_ratio, last_purchase_date
);

insert into customer_values by name
select monthly.*, extra.* exclude (customer_key)
from (
    select
        customer_key, as_of_date, currency_code, net_sales_12m_amount, visits_12m_count, last_purchase_date,
        case when visits_1m_count > 0 then 1 else 0 end as visits_3m_count
    from customer_values_monthly
    where as_of_date = '2026-03-31'
) as monthly
inner join (values
    ('c-01', 200.00, 50.00, 11, true, 2, 2, 700.00, 3, 0, 0, null, 100),
    ('c-02', null, null, null, null, 0, 0, 0, 0, 0, 0, null, 100),
    ('c-03', 0, 0, 20, true, 1, 0, 0, 1, 2, 1, 40, 300),
    ('c-04', 800.00, 0, 120, false, 0, 0, 0, 0, 1, 0, null, 500),
    ('c-05', 300.50, 0, 303, null, 0, 0, 0, 0, 0, 0, null, 0),
    ('c-06', null, null, null, null, 0, 0, 0, 0, 0, 0, null, 0)
) as extra (
    customer_key, stored_value_balance_amount, stored_value_used_3m_amount, recency_days, has_contact_consent,
    referrals_made_count, referrals_converted_count, referred_net_sales_12m_amount, referral_network_count,
    complaints_12m_count, open_complaints_count, oldest_open_complaint_days, service_minutes_12m_count
) using (customer_key);
"""

# The pyramid rests on shares, the club on a policy (it has decisions of many dates), letters on A, B and C.
TIERS = """
insert into tier_sizes by name
select
    as_of_date::date as as_of_date, scheme_id, scheme_version, title_zh as scheme_title_zh,
    title_en as scheme_title_en, tier_code, tier_rank, name_zh as tier_name_zh, name_en as tier_name_en,
    customers_count, customers_count / nullif(sum(customers_count) over at_date, 0) as customers_ratio,
    net_sales as net_sales_12m_amount,
    net_sales / nullif(sum(net_sales) over at_date, 0) as net_sales_12m_ratio
from (values
    ('2026-01-31', 'value_pyramid', 1, 'angel', 3, '天使', 'Angel', 1, 6000),
    ('2026-01-31', 'value_pyramid', 1, 'major', 2, '主要', 'Major', 1, 1000),
    ('2026-01-31', 'value_pyramid', 1, 'small', 1, '小客户', 'Small', 3, 500),
    ('2026-02-28', 'value_pyramid', 1, 'angel', 3, '天使', 'Angel', 1, 6100),
    ('2026-02-28', 'value_pyramid', 1, 'major', 2, '主要', 'Major', 1, 1300),
    ('2026-02-28', 'value_pyramid', 1, 'small', 1, '小客户', 'Small', 3, 600),
    ('2026-03-31', 'value_pyramid', 1, 'angel', 3, '天使', 'Angel', 1, 6400.5),
    ('2026-03-31', 'value_pyramid', 1, 'major', 2, '主要', 'Major', 1, 1600.25),
    ('2026-03-31', 'value_pyramid', 1, 'small', 1, '小客户', 'Small', 4, 1999.25),
    ('2026-02-28', 'club', 2, 'gold', 2, '金卡', 'Gold', 1, 6100),
    ('2026-02-28', 'club', 2, 'base', 1, '普通', 'Base', 3, 1900),
    ('2026-03-31', 'club', 2, 'gold', 2, '金卡', 'Gold', 2, 8000.75),
    ('2026-03-31', 'club', 2, 'base', 1, '普通', 'Base', 2, 1900.25),
    ('2026-03-31', 'letters', 1, 'A', 3, 'A类', 'A customers', 1, 6400.5),
    ('2026-03-31', 'letters', 1, 'B', 2, 'B类', 'B customers', 1, 1600.25),
    ('2026-03-31', 'letters', 1, 'C', 1, 'C类', 'C customers', 3, 1999.25),
    ('2026-02-28', 'vip', 1, 'vip', 2, '贵宾', 'VIP', 0, 0),
    ('2026-02-28', 'vip', 1, 'other', 1, '其他', 'Others', 0, 0),
    ('2026-03-31', 'vip', 1, 'vip', 2, '贵宾', 'VIP', 0, 0),
    ('2026-03-31', 'vip', 1, 'other', 1, '其他', 'Others', 0, 0)
) as sizes (
    as_of_date, scheme_id, scheme_version, tier_code, tier_rank, name_zh, name_en, customers_count, net_sales
)
inner join (values
    ('value_pyramid', '客户数量金字塔', 'Customer pyramid'), ('club', '会员俱乐部', 'Club'),
    ('letters', '字母', 'Letters'), ('vip', '贵宾', 'Important guests')
) as titles (scheme_id, title_zh, title_en) using (scheme_id)
window at_date as (partition by scheme_id, as_of_date);

insert into tier_movements by name
select as_of_date::date as as_of_date, previous::date as previous_as_of_date, 1 as scheme_version, * exclude (
    as_of_date, previous
) from (values
    ('2026-02-28', '2026-01-31', 'value_pyramid', 'small', 1, 'major', 2, 777, 1),
    ('2026-03-31', '2026-02-28', 'value_pyramid', 'angel', 3, 'angel', 3, 1, 6400.5),
    ('2026-03-31', '2026-02-28', 'value_pyramid', 'small', 1, 'major', 2, 1, 1600.25),
    ('2026-03-31', '2026-02-28', 'value_pyramid', 'major', 2, 'small', 1, 1, 1000.25),
    ('2026-03-31', '2026-02-28', 'value_pyramid', 'small', 1, 'small', 1, 2, 999),
    ('2026-03-31', '2026-02-28', 'value_pyramid', '(new)', null, 'small', 1, 1, 0),
    ('2026-03-31', '2026-02-28', 'club', 'gold', 2, 'gold', 2, 1, 6400.5),
    ('2026-03-31', '2026-02-28', 'club', 'base', 1, 'gold', 2, 1, 1600.25),
    ('2026-03-31', '2026-02-28', 'club', 'base', 1, 'base', 1, 2, 1900.25)
) as moves (
    as_of_date, previous, scheme_id, from_tier_code, from_tier_rank, to_tier_code, to_tier_rank,
    customers_count, net_sales_12m_amount
);

insert into tier_history by name
select
    1 as scheme_version, scheme_id, customer_key, tier_code, tier_rank, tier_code as tier_name_zh,
    tier_code as tier_name_en, valid_from::date as valid_from_date, valid_to::date as valid_to_date
from (values
    ('value_pyramid', 'c-01', 'major', 2, '2025-12-31', '2026-01-31'),
    ('value_pyramid', 'c-01', 'angel', 3, '2026-01-31', null),
    ('value_pyramid', 'c-02', 'small', 1, '2026-01-31', '2026-03-31'),
    ('value_pyramid', 'c-02', 'major', 2, '2026-03-31', null),
    ('value_pyramid', 'c-03', 'major', 2, '2026-01-31', '2026-03-31'),
    ('value_pyramid', 'c-03', 'small', 1, '2026-03-31', null),
    ('value_pyramid', 'c-04', 'small', 1, '2026-01-31', null),
    ('value_pyramid', 'c-05', 'small', 1, '2026-01-31', null),
    ('value_pyramid', 'c-06', 'small', 1, '2026-03-31', null),
    ('club', 'c-01', 'gold', 2, '2026-01-31', null),
    ('club', 'c-02', 'base', 1, '2026-01-31', '2026-03-15'),
    ('club', 'c-02', 'gold', 2, '2026-03-15', null),
    ('club', 'c-03', 'base', 1, '2026-01-31', null),
    ('club', 'c-04', 'base', 1, '2026-01-31', null),
    ('letters', 'c-01', 'A', 3, '2026-03-31', null),
    ('letters', 'c-02', 'B', 2, '2026-03-31', null),
    ('letters', 'c-03', 'C', 1, '2026-03-31', null),
    ('letters', 'c-04', 'C', 1, '2026-03-31', null),
    ('letters', 'c-05', 'C', 1, '2026-03-31', null)
) as spells (scheme_id, customer_key, tier_code, tier_rank, valid_from, valid_to);

insert into customer_tiers by name
select
    history.* exclude (valid_to_date, tier_name_zh, tier_name_en, release_id),
    '2026-03-31'::date as as_of_date,
    sizes.tier_name_zh,
    sizes.tier_name_en,
    case customer_key when 'c-02' then '名次上升' when 'c-03' then '名次下降' else '' end as reason_zh,
    case customer_key
        when 'c-02' then 'rank rose to the first 20%'
        when 'c-03' then 'rank fell below the first 20%'
        else '' end as reason_en
from tier_history as history
inner join tier_sizes as sizes
    on
        history.scheme_id = sizes.scheme_id
        and history.tier_code = sizes.tier_code
        and sizes.as_of_date = '2026-03-31'
where history.valid_to_date is null;

insert into tier_decisions by name
select decided::date as decided_on_date, true as is_review, 'kept' as outcome, * exclude (decided)
from (values
    ('c-01', 'club', '2026-01-31', 'gold', 2, 'gold', 2, 'net_sales_12m_amount', 6000, 2000, null, null,
     null),
    ('c-02', 'club', '2026-03-15', 'gold', 2, 'gold', 2, 'net_sales_12m_amount', 2100, 2000, null, null,
     null),
    ('c-01', 'club', '2026-03-31', 'gold', 2, 'gold', 2, null, null, null, 'net_sales_12m_amount', -4400.5,
     'base'),
    ('c-02', 'club', '2026-03-31', 'base', 1, 'gold', 2, null, null, null, 'net_sales_12m_amount', 399.75,
     'gold'),
    ('c-03', 'club', '2026-03-31', 'base', 1, 'base', 1, null, null, null, 'net_sales_12m_amount', 200.0,
     'gold'),
    ('c-04', 'club', '2026-03-31', 'base', 1, 'base', 1, null, null, null, 'visits_12m_count', 1, 'gold'),
    ('c-05', 'letters', '2026-03-31', 'C', 1, 'C', 1, null, null, null, 'tenure_days', 5, 'B'),
    ('c-02', 'value_pyramid', '2026-03-31', 'major', 2, 'major', 2, 'rank_ratio', 0.1, 0.2, null, null, null)
) as decisions (
    customer_key, scheme_id, decided, computed_tier_code, computed_tier_rank, tier_code, tier_rank,
    deciding_criterion, deciding_value, threshold_value, change_metric, change_value, change_tier_code
);

insert into tier_disagreements by name
select '2026-03-31'::date as as_of_date, 'club' as scheme_id, 'value_pyramid' as other_scheme_id,
* from (values
    ('gold', 'angel', 1), ('gold', 'major', 1), ('base', 'small', 2)
) as pairs (tier_code, other_tier_code, customers_count);

insert into scheme_states by name
select 'vip' as scheme_id, 'missing_feed' as state, 'members, surveys' as missing_needs;
"""

MONTHS = """
insert into relationship_monthly by name
select month::date as month_date, is_complete, new_count, 100.0 * new_count as new_net_sales_amount,
kept_count,
    10.0 * kept_count as kept_net_sales_amount, won_back_count, 0 as won_back_net_sales_amount, lost_count,
    5.0 * lost_count as lost_net_sales_amount, repeat_ratio, churn_ratio
from (values
    ('2025-03-01', true, 2, 0, 0, 0, 0.5, 0.0),
    ('2026-02-01', true, 1, 3, 0, 0, 0.6, 0.0),
    ('2026-03-01', false, 1, 2, 1, 2, 0.75, 0.2)
) as months (month, is_complete, new_count, kept_count, won_back_count, lost_count, repeat_ratio,
churn_ratio);

insert into retention_monthly by name
select cohort::date as cohort_month_date, month::date as month_date, since as months_since_first,
    customers as customers_count, ratio as retained_ratio
from (values
    ('2026-01-01', '2026-01-01', 0, 4, 1), ('2026-01-01', '2026-02-01', 1, 4, 0.5),
    ('2026-01-01', '2026-03-01', 2, 4, 0.25), ('2026-02-01', '2026-02-01', 0, 3, 1),
    ('2026-02-01', '2026-03-01', 1, 3, 0.333333)
) as cohorts (cohort, month, since, customers, ratio);

insert into concentration_curve by name
select day::date as as_of_date, pct as top_pct, buyers as customers_count,
ratio * 10000 as net_sales_12m_amount,
    ratio as net_sales_12m_ratio
from (values
    ('2026-03-31', 20, 1, 0.64005), ('2026-03-31', 50, 3, 0.9001), ('2026-02-28', 20, 1, 0.7625),
    ('2026-02-28', 50, 2, 0.9), ('2025-03-31', 20, 1, 0.75)
) as points (day, pct, buyers, ratio);
"""

LOADS = """
insert into load_ledger by name
select 'generic' as source, *, '2026-04-01'::timestamp as loaded_at from (values
    (1, 'pos_sales', 'pos_sales_1.csv', 'accepted', null, null, 'CNY', 1200, 1100, 60, 30, 10,
     9747747.934, 9700000.934, 40000, 7000, 747),
    (1, 'pos_sales', 'pos_sales_1.csv', 'accepted', null, null, 'XXX', 3, 0, 0, 0, 3, 0, 0, 0, 0, 0),
    (2, 'members', 'members.csv', 'accepted', null, null, 'XXX', 6, 6, 0, 0, 0, 0, 0, 0, 0, 0),
    (3, 'pos_sales', 'pos_sales_cut.csv', 'refused', 'truncated_file', 'the last line has no line break',
     'XXX',
     0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (4, 'pos_sales', 'pos_sales_again.csv', 'duplicate_file', 'duplicate_file', 'same bytes as load 1', 'XXX',
     0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
) as loads (
    load_id, feed, file_name, status, reason_code, reason, currency_code, rows_in_count, rows_loaded_count,
    rows_duplicate_count, rows_superseded_count, rows_quarantined_count, amount_in, amount_loaded,
    amount_duplicate, amount_superseded, amount_quarantined
);

insert into quarantined_rows by name
select 1 as load_id, number as row_number, 'generic' as source, 'pos_sales' as feed,
'net_amount' as column_name,
    'not_a_number' as reason_code, 'CNY' as currency_code, amount
from (values (7, 700), (8, 47)) as broken (number, amount);

insert into quality_results by name
select 's' as suite_name, * from (values
    ('sources', '1', 'rows are there', 'pos_sales', null, 'blocking', true, 10, 0, null),
    ('built', '2', 'one tier per customer', 'customer_tiers', null, 'blocking', true, 6, 0, null),
    ('built', '3', 'share with e-mail', 'customers', 'email_hash', 'warning', false, 6, 2,
     'observed 0.66, expected at least 0.8')
) as results (
    boundary, check_id, check_name, table_name, column_name, severity, is_successful, checked_count,
    failed_count,
    details
);
"""

#: What a sealed review adds.
REVIEWS = """
insert into tier_reviews by name
select
    '2026-03-31' as review_id, 1 as sequence_number, '2026-03-31'::date as as_of_date, scheme_id,
    version as scheme_version, 4 as decisions_count, 1 as new_count, 1 as upgraded_count, 1 as kept_count,
    1 as downgraded_count, 0 as merged_count, 0 as left_count, 'sha256:dd' as decisions_digest,
    '店长' as decided_by,
    '2026-04-02 08:30:00'::timestamp as decided_at, 'person' as decision_mode, 'sha256:ee' as record_hash,
    null as previous_record_hash
from (values ('club', 2), ('value_pyramid', 1)) as schemes (scheme_id, version);

insert into review_outcomes by name
select
    '2026-03-31'::date as as_of_date, 'club' as scheme_id, 4 as customers_count,
    3 as previous_customers_count, 1 as upgraded_count, 0.2 as upgraded_ratio, 0.3 as upgraded_limit_ratio,
    1 as downgraded_count, 0.25 as downgraded_ratio, 0.125 as usual_downgraded_ratio,
    0.5 as near_threshold_ratio,
    0.1 as falling_net_sales_12m_ratio, 0.2 as downgraded_limit_ratio, 0 as limits_from_customers_count;

insert into tier_restatements by name
select '2026-02-28' as review_id, '2026-03-31' as found_in_review_id, * from (values
    ('club', 'c-03', 'gold', 'base', 2, 1, 'return', '7:12, 7:13'),
    ('club', 'c-04', 'base', 'gold', 1, 2, 'late_line', '9:1'),
    ('value_pyramid', 'c-01', 'major', 'angel', 2, 3, 'late_line', null)
) as restated (
    scheme_id, customer_key, tier_code_then, tier_code_now, tier_rank_then, tier_rank_now, cause, row_numbers
);
"""

ROWS = RELEASES + VALUES + TIERS + MONTHS + LOADS


def make_database(database: Path, statements: str) -> Path:
    with duckdb.connect(str(database)) as connection:
        connection.execute(statements)
    return database
