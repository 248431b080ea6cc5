"""`clientele explain --scheme`: the decision on a published customer, its figures and visits."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from clientele import explain
from clientele.cli import main
from clientele.settings import load_settings

RELEASE = """
create table releases as
select 'r000001' as release_id, 1 as sequence_number, date '2026-06-30' as as_of_date;
create table load_ledger as select 1 as load_id, 'sales.csv' as file_name;
create table customer_accounts as select 'generic' as source, 'member' as account_type, 'M001' as account_id,
    'c1' as customer_key, null::date as known_from_date, 1 as first_seen_load_id, 'itself' as linked_by,
    null::varchar as linked_to_source, null::varchar as linked_to_account_type,
    null::varchar as linked_to_account_id, null::date as linked_on_date, null::bigint as linked_by_load_id;
create table customer_values as select 'c1' as customer_key, 'CNY' as currency_code;
create table tier_sizes as
select 'appliance_spend' as scheme_id, '家电消费' as scheme_title_zh, 'Appliance spenders' as scheme_title_en,
    code as tier_code, zh as tier_name_zh, en as tier_name_en
from (values ('high', '高', 'High'), ('middle', '中', 'Middle'), ('low', '低', 'Low')) as tiers(code, zh, en);
create table scheme_states as
select * from (values ('appliance_spend', 'computed', null), ('nine_ladder', 'missing_feed', 'referrals'))
    as states(scheme_id, state, missing_needs);
create table tier_history as
select 'c1' as customer_key, 'appliance_spend' as scheme_id, 1 as scheme_version, code as tier_code,
    valid_from_date::date as valid_from_date, valid_to_date::date as valid_to_date
from (values ('low', '2025-06-30', '2026-06-30'), ('middle', '2026-06-30', null))
    as spells(code, valid_from_date, valid_to_date);
create table tier_decisions as
select 'c1' as customer_key, 'appliance_spend' as scheme_id, decided_on_date::date as decided_on_date,
    1 as scheme_version, true as is_review, outcome, 'low' as previous_tier_code, code as computed_tier_code,
    code as tier_code, null::varchar as override_id, 'net_sales_12m_amount' as deciding_criterion,
    deciding_value::decimal(28, 6) as deciding_value, 10000::decimal(28, 6) as threshold_value,
    shortfall_value::decimal(28, 6) as shortfall_value, 'net_sales_12m_amount' as change_metric,
    change_value::decimal(28, 6) as change_value, change_code as change_tier_code
from (values
    ('2026-05-31', 'kept', 'low', 9999.99, 0.01, 0.01, 'middle'),
    ('2026-06-30', 'upgraded', 'middle', 10600.50, null, 9399.51, 'high')
) as decisions(decided_on_date, outcome, code, deciding_value, shortfall_value, change_value, change_code);
create table customer_tiers as select 'c1' as customer_key, 'appliance_spend' as scheme_id,
    date '2026-06-30' as as_of_date, '消费额为 10600.50。' as reason_zh, 'Sales: 10600.50.' as reason_en;
create table customer_visits as
select 'c1' as customer_key, day::date as business_date, 'pos' as channel, 'S1' as visit_place,
    true as is_visit, amount::decimal(18, 4) as net_sales_amount, returned::decimal(18, 4) as returned_amount
from (values
    ('2025-06-30', 500, 0), ('2025-07-01', 9999.99, 0), ('2026-06-03', 600.51, 20), ('2026-07-01', 7, 0)
) as visits(day, amount, returned);
"""


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path))
    (tmp_path / "published").mkdir()
    with duckdb.connect(tmp_path / "published" / "clientele.duckdb") as connection:
        connection.execute(RELEASE)
    return tmp_path


def test_the_tier_its_reason_and_the_visits_behind_it(release: Path, capsys) -> None:
    assert main(["explain", "--member-no", "M001", "--scheme", "appliance_spend"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "Customer c1, scheme Appliance spenders (appliance_spend), release r000001, as of 2026-06-30",
        "Tier: Middle (middle), since 2026-06-30",
        "Why: Sales: 10600.50.",
        "Decision: 2026-06-30 upgraded (review, version 1 of the scheme)",
        "Figure: Net sales in the last 12 months 10600.50 CNY",
        "Threshold: 10000.00 CNY",
        "Net sales in the last 12 months: with a change of +9399.51 CNY the rules would give High (high)",
        "History of tiers:",
        "  Low (low): 2025-06-30 to 2026-06-30 (version 1)",
        "  Middle (middle): 2026-06-30 to now (version 1)",
        "Visits and orders of the last 12 months: 2, net 10600.50 CNY",
        "  2026-06-03 pos S1: 600.51 CNY (20.00 CNY returned)",
        "  2025-07-01 pos S1: 9999.99 CNY",
    ]


def test_a_day_that_is_past_in_chinese(release: Path, capsys) -> None:
    asked = [
        "--customer-key",
        "c1",
        "--scheme",
        "appliance_spend",
        "--as-of",
        "2026-06-15",
        "--language",
        "zh",
    ]
    assert main(["explain", *asked]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[1:6] == [
        "等级：低 (low)，自 2025-06-30 起",
        "决定：2026-05-31 维持（评审，方案第 1 版）",
        "依据：近12个月净消费额 9999.99 CNY",
        "标准：10000.00 CNY",
        "尚差：0.01 CNY",
    ]
    # The window ends with the day of the decision: the visit of June is not yet in it.
    assert said[-3:] == [
        "近 12 个月的到店与订单：2 笔，净额 10499.99 CNY",
        "  2025-07-01 pos S1：9999.99 CNY",
        "  2025-06-30 pos S1：500.00 CNY",
    ]


def test_a_day_after_a_merge_in_chinese(release: Path, capsys) -> None:
    with duckdb.connect(release / "published" / "clientele.duckdb") as connection:
        connection.execute(
            "update tier_decisions set outcome = 'merged', is_review = false, computed_tier_code = null,"
            " deciding_criterion = null, deciding_value = null where decided_on_date = '2026-05-31'"
        )
    asked = ["--customer-key", "c1", "--scheme", "appliance_spend", "--as-of", "2026-06-15"]
    assert main(["explain", *asked, "--language", "zh"]) == 0
    assert "决定：2026-05-31 与另一客户合并（评审之外，方案第 1 版）" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "language", "figure", "threshold"),
    [
        ("customers_share_before_pct", "en", "share of customers before this one 22.5%", "50%"),
        ("customers_share_before_pct", "zh", "排在此客户之前的顾客占比 22.5%", "50%"),
        # The file of that version is gone.
        ("points_for_visits", "en", "points for visits 22.5", "50"),
    ],
)
def test_what_a_scheme_computes_itself_has_a_name(
    release: Path, capsys, code: str, language: str, figure: str, threshold: str
) -> None:
    with duckdb.connect(release / "published" / "clientele.duckdb") as connection:
        connection.execute(
            "update tier_decisions set deciding_criterion = ?, deciding_value = 22.5, threshold_value = 50",
            [code],
        )
    asked = ["--customer-key", "c1", "--scheme", "appliance_spend", "--language", language]
    assert main(["explain", *asked]) == 0
    said = capsys.readouterr().err.splitlines()
    assert {"en": f"Figure: {figure}", "zh": f"依据：{figure}"}[language] in said
    assert {"en": f"Threshold: {threshold}", "zh": f"标准：{threshold}"}[language] in said


def test_a_day_before_the_decisions_that_are_kept(release: Path, capsys) -> None:
    asked = ["--customer-key", "c1", "--scheme", "appliance_spend", "--as-of", "2025-12-31"]
    assert main(["explain", *asked]) == 0
    said = capsys.readouterr().err
    assert "Tier: Low (low)" in said
    assert "keeps no decision of that date" in said


def test_json_holds_the_same(release: Path, capsys) -> None:
    assert main(["explain", "--customer-key", "c1", "--scheme", "appliance_spend", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["tier_code"] == "middle"
    assert told["decision"]["deciding_value"] == "10600.500000"
    assert [visit["business_date"] for visit in told["visits"]] == ["2026-06-03", "2025-07-01"]
    assert [spell["tier_code"] for spell in told["history"]] == ["low", "middle"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--scheme", "no_such_scheme"], "has no scheme no_such_scheme"),
        (["--scheme", "appliance_spend", "--as-of", "2025-01-31"], "has no tier of appliance_spend"),
        (["--as-of", "2026-06-30"], "add --scheme"),
    ],
)
def test_what_cannot_be_explained_is_said(release: Path, capsys, asked: list[str], said: str) -> None:
    assert main(["explain", "--customer-key", "c1", *asked]) == 2
    assert said in capsys.readouterr().err


def test_a_scheme_without_its_feed_says_which(release: Path, capsys) -> None:
    with duckdb.connect(release / "published" / "clientele.duckdb") as connection:
        connection.execute("insert into tier_sizes values ('nine_ladder', '九级', 'Ladder', 'x', 'x', 'x')")
    assert main(["explain", "--customer-key", "c1", "--scheme", "nine_ladder"]) == 2
    assert "there are no referrals in the exports" in capsys.readouterr().err


def under_policy(monkeypatch: pytest.MonkeyPatch, policy: dict) -> None:
    """Let the scheme of the release be one with that movement policy."""
    schemes = explain.facts.load_schemes(load_settings().dbt_project / "tiers")
    stated = {"cadence": "monthly", "upgrade": "at_review", "downgrade": "to_fit", **policy}
    scheme = schemes["appliance_spend"]
    scheme = type(scheme).model_validate({**scheme.model_dump(), "policy": stated})
    monkeypatch.setattr(explain.facts, "load_schemes", lambda _folder: {"appliance_spend": scheme})


@pytest.mark.parametrize(
    ("outcome", "policy", "days", "until"),
    [
        ("held_by_grace", {"grace_days": 60}, ["2026-05-31", "2026-06-30"], "2026-07-30"),
        ("held_by_minimum_hold", {"minimum_hold_months": 8}, ["2026-06-30"], "2026-02-28"),
        ("held_by_minimum_hold", {"hold_until": "end_of_next_year"}, ["2026-06-30"], "2027-01-01"),
        ("kept", {"grace_days": 60}, ["2026-06-30"], None),
    ],
)
def test_a_held_tier_says_until_when(
    release: Path, monkeypatch: pytest.MonkeyPatch, outcome: str, policy: dict, days: list[str], until: str
) -> None:
    settings = load_settings()
    under_policy(monkeypatch, policy)
    with duckdb.connect(release / "published" / "clientele.duckdb") as connection:
        connection.execute(
            "update tier_history set valid_from_date = '2025-06-30' where valid_to_date is null"
        )
        connection.execute("delete from tier_history where valid_to_date is not null")
        connection.execute(
            "update tier_decisions set outcome = ? where list_contains(?, decided_on_date::varchar)",
            [outcome, days],
        )
    explained = explain.explain_tier(settings, "c1", "appliance_spend")
    assert (explained.held_until_date and str(explained.held_until_date)) == until


@pytest.mark.parametrize(
    ("decisions", "policy", "until"),
    [
        # Given in 2025 it is held for that year and the whole next one.
        (["2025-04-07 upgraded middle", "2025-09-30 held_by_minimum_hold low"], {}, "2027-01-01"),
        # A tier fallen to is held to the end of its year.
        (["2025-04-07 downgraded low", "2025-09-30 held_by_minimum_hold low"], {}, "2026-01-01"),
        # Reached still on 31 December, it is held for another year.
        (
            [
                "2024-04-07 upgraded middle",
                "2025-12-31 kept middle",
                "2026-01-31 held_by_minimum_hold low",
            ],
            {},
            "2027-01-01",
        ),
        (
            [
                "2024-04-07 upgraded middle",
                "2025-12-31 waiting_for_review high",
                "2026-01-31 held_by_minimum_hold low",
            ],
            {},
            "2027-01-01",
        ),
        (
            [
                "2024-04-07 upgraded middle",
                "2024-12-31 held_by_minimum_hold low",
                "2025-01-31 held_by_minimum_hold low",
            ],
            {},
            "2026-01-01",
        ),
        # Both must have ended.
        (
            ["2025-04-07 upgraded middle", "2025-09-30 held_by_minimum_hold low"],
            {"minimum_hold_months": 24},
            "2027-04-07",
        ),
        (
            ["2025-04-07 upgraded middle", "2025-09-30 held_by_minimum_hold low"],
            {"minimum_hold_months": 12},
            "2027-01-01",
        ),
    ],
)
def test_a_tier_held_to_the_end_of_the_next_year_says_of_which(
    release: Path, monkeypatch: pytest.MonkeyPatch, decisions: list[str], policy: dict, until: str
) -> None:
    under_policy(monkeypatch, {"hold_until": "end_of_next_year", **policy})
    with duckdb.connect(release / "published" / "clientele.duckdb") as connection:
        connection.execute("delete from tier_history where valid_to_date is not null")
        connection.execute("update tier_history set valid_from_date = ?", [decisions[0].split()[0]])
        connection.execute("create table decided as from tier_decisions limit 1")
        connection.execute("delete from tier_decisions")
        for decision in decisions:
            day, outcome, computed = decision.split()
            connection.execute(
                "insert into tier_decisions from decided"
                " select * replace (cast(? as date) as decided_on_date, ? as outcome,"
                " ? as computed_tier_code, 'middle' as tier_code)",
                [day, outcome, computed],
            )
    explained = explain.explain_tier(load_settings(), "c1", "appliance_spend")
    assert str(explained.held_until_date) == until


@pytest.mark.parametrize(("decided_by_version", "is_named"), [(2, True), (1, False)])
def test_who_stayed_in_a_tier_is_explained_by_the_version_that_decided(
    release: Path, monkeypatch: pytest.MonkeyPatch, decided_by_version: int, is_named: bool
) -> None:
    under_policy(monkeypatch, {"minimum_hold_months": 24})
    scheme = explain.facts.load_schemes(Path())["appliance_spend"].model_copy(update={"version": 2})
    monkeypatch.setattr(explain.facts, "load_schemes", lambda _folder: {"appliance_spend": scheme})
    with duckdb.connect(release / "published" / "clientele.duckdb") as connection:
        connection.execute(
            "update tier_decisions set scheme_version = ?, outcome = 'held_by_minimum_hold'",
            [decided_by_version],
        )
    explained = explain.explain_tier(load_settings(), "c1", "appliance_spend")
    assert explained.history[-1].scheme_version == 1
    assert ("net_sales_12m_amount" in explained.measures) == is_named
    assert (explained.held_until_date is not None) == is_named
