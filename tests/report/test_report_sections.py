"""What the report says, figure by figure, against a release made by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from published_shop import REVIEWS, VALUES
from said import anchor_of, edition_of, said

from clientele.errors import ConfigurationError
from clientele.report.blocks import Edition, Flow, tables_of
from clientele.tiers import Measure

Make = Callable[[str], Path]


@pytest.fixture(scope="module")
def english(release: Path) -> Edition:
    return edition_of(release)


@pytest.fixture(scope="module")
def chinese(release: Path) -> Edition:
    return edition_of(release, "zh")


@pytest.fixture(scope="module")
def of_reviewed(reviewed: Path) -> Edition:
    return edition_of(reviewed)


def test_headlines_stand_beside_the_month_before_and_the_year_before(
    english: Edition, chinese: Edition
) -> None:
    lines = said(english, "overview")
    assert english.subtitle == "As of 31 March 2026, compared with 28 February 2026"
    assert "Customers|6|+1 since last month end|+4 on last year" in lines
    assert "Net sales, 12 months|10,000 CNY|+2,000 since last month end|+6,000 on last year" in lines
    assert "Buyers, 12 months|5|4|+25.0%|2|+150.0%" in lines
    assert "Share of buyers who came again|75.0%|60.0%|+15.0 pp|50.0%|+25.0 pp" in lines
    assert "近12个月购买客户|5|占客户的 83.3%|较上月末 +1|较上年同期 +3" in said(chinese, "overview")


def test_without_a_date_a_year_ago_it_says_so(changed: Make) -> None:
    young = changed("delete from customer_values_monthly where as_of_date < '2026-01-01'")
    lines = said(edition_of(young), "overview")
    assert "Customers|6|+1 since last month end" in lines
    assert any("Nothing is published for a year earlier (March 2025)" in line for line in lines)


def test_net_sales_in_two_currencies_are_never_added(changed: Make) -> None:
    two = changed("update customer_values_monthly set currency_code = 'USD' where customer_key = 'c-01'")
    lines = said(edition_of(two), "overview")
    assert "Net sales, 12 months|3,600 CNY|+1,700 since last month end|+2,600 on last year" in lines
    assert "Net sales, 12 months|6,401 USD|+301 since last month end|+3,401 on last year" in lines


def test_the_schemes_stand_side_by_side(english: Edition) -> None:
    assert "Customer pyramid|Angel|1|64.0%|1|1|3|1|0" in said(english, "overview")


def test_the_pyramid_shows_customers_money_and_change(english: Edition) -> None:
    lines = said(english, anchor_of(english, "Customer pyramid"))
    assert "Small|+1|4|66.7%|20.0%|1,999|500" in lines
    assert "Total|+1|6|–|–|10,000|1,667" in lines


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ("select 1", "bring 80.0% of net sales: in line with the rule of thumb of about 80%."),
        ("update tier_sizes set net_sales_12m_amount = 0 where tier_code = 'angel'", "less than the rule"),
        (
            "update tier_sizes set net_sales_12m_amount = 99999 where tier_code = 'angel'",
            "more than the rule",
        ),
    ],
)
def test_the_first_two_tiers_are_held_against_the_rule_of_80_percent(
    changed: Make, change: str, verdict: str
) -> None:
    edition = edition_of(changed(change))
    lines = said(edition, anchor_of(edition, "Customer pyramid"))
    assert any(verdict in line for line in lines)


def test_the_matrix_holds_the_latest_step_with_totals(english: Edition) -> None:
    lines = said(english, anchor_of(english, "Customer pyramid"))
    place = lines.index("Movement: customers from 28 February 2026 (rows) to 31 March 2026 (columns)")
    rows = ["Angel|1|·|·|1", "Major|·|·|1|1", "Small|·|1|2|3", "New|·|·|1|1", "Total|1|1|4|6"]
    assert lines[place + 1 : place + 6] == rows
    assert (
        lines[place - 1]
        == "1 moved up (net sales 1,600), 1 moved down (net sales 1,000), 3 unchanged, 1 new."
    )


def test_a_flow_is_drawn_where_a_policy_decides(english: Edition) -> None:
    flows = {
        section.title: [block for block in section.blocks if isinstance(block, Flow)]
        for section in english.sections
    }
    assert [title for title, drawn in flows.items() if drawn] == ["Club"]
    links = [(link.from_code, link.to_code, link.customers_count) for link in flows["Club"][0].links]
    assert links == [("gold", "gold", 1), ("base", "gold", 1), ("base", "base", 2)]


def test_decisions_that_a_review_sealed_do_not_make_a_policy(changed: Make) -> None:
    sealed = changed(
        REVIEWS
        + """
        insert into tier_reviews by name
        select 'value_pyramid' as scheme_id, '2026-01-31' as review_id, '2026-01-31'::date as as_of_date;
        insert into tier_decisions by name
        select 'c-01' as customer_key, 'value_pyramid' as scheme_id, '2026-01-31'::date as decided_on_date
        """
    )
    edition = edition_of(sealed)
    assert "<Flow>" not in said(edition, anchor_of(edition, "Customer pyramid"))
    assert "<Flow>" in said(edition, anchor_of(edition, "Club"))


def test_movers_are_those_between_the_two_dates_with_their_reason(english: Edition, chinese: Edition) -> None:
    lines = said(english, anchor_of(english, "Customer pyramid"))
    assert "c-02|Small|Major|1,600.25|rank rose to the first 20%" in lines
    assert "c-03|主要|小客户|1,000.25|名次下降" in said(chinese, anchor_of(chinese, "客户数量金字塔"))
    assert not any(line.startswith("c-01") for line in lines)
    # Decided between the two month ends, too.
    assert "c-02|Base|Gold|1,600.25|rank rose to the first 20%" in said(english, anchor_of(english, "Club"))


def test_who_left_and_came_back_between_the_dates_did_not_move(changed: Make) -> None:
    returned = changed("""
        insert into tier_history by name
        select 'club' as scheme_id, 'c-01' as customer_key, * from (values
            ('base', 1, '2026-03-05'::date, '2026-03-10'::date), ('gold', 2, '2026-03-10', null)
        ) as spells (tier_code, tier_rank, valid_from_date, valid_to_date);
        update tier_history set valid_to_date = '2026-03-05'
        where scheme_id = 'club' and customer_key = 'c-01' and valid_from_date = '2026-01-31'
    """)
    edition = edition_of(returned)
    assert not any(line.startswith("c-01") for line in said(edition, anchor_of(edition, "Club")))


def test_only_the_first_movers_are_listed_and_the_rest_counted(changed: Make) -> None:
    crowd = changed("""
        create table others as
        select 'd-' || lpad(i::varchar, 4, '0') as customer_key from range(3000) as numbers (i);
        insert into tier_history
        select tier_history.* replace (others.customer_key as customer_key)
        from tier_history, others where tier_history.customer_key = 'c-02' and scheme_id = 'value_pyramid'
        order by hash(others.customer_key);
        insert into customer_values_monthly by name
        select customer_key, '2026-03-31'::date as as_of_date, 50 as net_sales_12m_amount from others
    """)
    edition = edition_of(crowd)
    lines = said(edition, anchor_of(edition, "Customer pyramid"))
    assert [line[:6] for line in lines if line.startswith("d-")] == [f"d-{i:04d}" for i in range(7)]
    assert "The first 8; 2,993 more are not listed." in lines


def test_near_a_threshold_is_who_needs_no_more_than_a_usual_visit(english: Edition) -> None:
    lines = said(english, anchor_of(english, "Club"))
    # c-02 needs more than its usual 177.81; c-01 would have to lose more than its usual 457.18.
    assert [line for line in lines if line.startswith("c-") and "net sales, last" in line] == [
        "c-03|Base|Gold|200.00|net sales, last 12 months|250.06|1,000.25"
    ]
    assert "c-04|Base|Gold|1|visits, last 12 months|300.00|900.00" in lines
    assert "Nobody would fall with one usual visit less." in lines
    assert any("so nobody can be said" in line for line in said(english, anchor_of(english, "Letters")))


def test_at_risk_is_who_is_in_a_best_tier_and_likelier_gone(english: Edition) -> None:
    lines = said(english, "risk")
    assert "Club|Gold|2|1|50.0%|1,600|1,200" in lines
    assert "Letters|A customers|1|0|0.0%|0|0" in lines
    assert [line for line in lines if line.startswith("c-")] == [
        "c-02|Club|2026-03-02|25.0%|1,600.25|1,200.19"
    ]


def test_without_predictions_nobody_is_said_to_be_at_risk(changed: Make) -> None:
    blind = changed("update customer_values_monthly set predicted_alive_ratio = null")
    assert said(edition_of(blind), "risk") == [
        "No predictions are published for this date, so nobody can be said to be at risk."
    ]


def test_dormant_is_who_holds_a_balance_and_neither_uses_it_nor_comes(english: Edition) -> None:
    lines = said(english, "dormant")
    assert lines[0] == (
        "3 customers hold a balance, 1,301 in all; 2 of them used none of it and did not come "
        "in the last three months: 1,101, 84.6% of the balances."
    )
    assert lines[2:] == ["c-04|800.00|2025-12-01|120|no", "c-05|300.50|2025-06-01|303|not known"]


def test_relations_are_compared_and_cohorts_followed(english: Edition) -> None:
    lines = said(english, "relations")
    assert "Lost|2|10|0|0|0|0" in lines
    assert "New|1|100|1|100|2|200" in lines
    assert "2026-03 is not over yet: its figures will grow." in lines
    assert lines[-2:] == ["2026-01|4|50.0%|25.0%", "2026-02|3|33.3%|·"]


def test_referrals_complaints_and_effort(english: Edition) -> None:
    referrals = said(english, "referrals")
    assert (
        referrals[0] == "2 customers brought 3 others, 2 of whom have bought: net sales of 700 in 12 months."
    )
    assert referrals[2] == "c-01|2|2|3|700.00|6,400.50"
    assert "–|Small|4|2|3|75.0|1|40" in said(english, "complaints")
    assert "A customers|64.0%|70.0%|20.0%|10.0%|10.0%|15.0%|−54.0 pp|−55.0 pp|100|less" in said(
        english, "effort"
    )
    assert "C customers|20.0%|10.0%|60.0%|70.0%|80.0%|60.0%|+60.0 pp|+50.0 pp|800|more" in said(
        english, "effort"
    )


@pytest.mark.parametrize(
    ("column", "anchor", "words"),
    [
        ("stored_value_balance_amount", "dormant", "There is no feed of stored value"),
        ("referrals_made_count", "referrals", "No referral is recorded"),
        ("complaints_12m_count, open_complaints_count", "complaints", "No complaint of 12 months"),
        ("service_minutes_12m_count", "effort", "A 70/10/15, B 20/20/25, C 10/70/60"),
    ],
)
def test_an_absent_feed_is_said_plainly(changed: Make, column: str, anchor: str, words: str) -> None:
    for value in ("null", "0") if anchor != "dormant" else ("null",):
        cleared = ", ".join(f"{name.strip()} = {value}" for name in column.split(","))
        (line,) = said(edition_of(changed(f"update customer_values set {cleared}")), anchor)
        assert words in line


def test_concentration_is_compared(english: Edition) -> None:
    assert said(english, "concentration")[2:] == [
        "20%|1|6,401|64.0%|76.3%|75.0%",
        "50%|3|9,001|90.0%|90.0%|–",
    ]


def test_disagreement_shows_who_is_in_both(english: Edition) -> None:
    lines = said(english, "disagreement")
    assert lines[1:3] == ["Gold|1|1|·|2", "Base|·|·|2|2"]
    assert lines[3] == "Of the 2 customers in “Gold”, 50.0% are also in “Angel” of Customer pyramid."


def test_a_scheme_that_lacks_data_is_named_and_shows_no_tiers_that_nobody_could_be_in(release: Path) -> None:
    for day in (date(2026, 3, 31), date(2026, 2, 28)):
        edition = edition_of(release, as_of_date=day, scheme_ids=("club",))
        lines = said(edition, "others")
        assert lines[-1] == "Important guests|vip|members, surveys"
        assert not [line for line in lines if "VIP" in line or "Others" in line]
        assert "Important guests" not in [section.title for section in edition.sections]


def test_control_totals_show_every_decimal_and_balance(english: Edition) -> None:
    lines = said(english, "control")
    assert "All 3 totals balance." in lines
    assert "generic|pos_sales|CNY|1|1,200|1,100|60|30|10|0" in lines
    assert "generic|pos_sales|CNY|9,747,747.934|9,700,000.934|40,000.00|7,000.00|747.00|0.00" in lines
    assert "2 files loaded, 1 refused, 1 delivered twice." in lines
    assert "pos_sales_cut.csv|generic|truncated_file|the last line has no line break" in lines
    assert "generic|pos_sales|net_amount|not_a_number|2|747.00|CNY" in lines


def test_a_total_that_does_not_balance_is_said_aloud(changed: Make) -> None:
    lost = edition_of(
        changed("update load_ledger set amount_loaded = amount_loaded - 0.01 where amount_in > 0")
    )
    assert any(line.startswith("1 of 3 totals do not balance") for line in said(lost, "overview"))
    (amounts,) = [table for table in tables_of(lost) if table.caption == "Where the money went"]
    assert amounts.alarms == {0}


def test_only_the_latest_refused_files_are_listed_and_the_rest_counted(changed: Make) -> None:
    many = changed("""
        insert into load_ledger by name
        select 100 + i as load_id, 'generic' as source, 'late_' || i || '.csv' as file_name,
            'refused' as status, 'empty_file' as reason_code
        from range(45) as numbers (i)
        order by hash(i)
    """)
    lines = said(edition_of(many), "control")
    listed = [line.split("|")[0] for line in lines if line.startswith("late_")]
    assert listed == [f"late_{i}.csv" for i in range(44, 4, -1)]
    assert "The latest 40 of 46; the others are in the table load_ledger." in lines


def test_checks_that_did_not_pass_are_listed(english: Edition, changed: Make) -> None:
    lines = said(english, "quality")
    assert lines[0] == "2 checks passed, 1 gave a warning, 0 failed."
    assert lines[-1].startswith("share with e-mail|Warning|customers.email_hash|2|6|observed 0.66")
    passed = edition_of(changed("delete from quality_results where not is_successful"))
    assert said(passed, "quality")[0] == "All 2 checks passed."
    unknown = changed("update quality_results set is_successful = null where severity = 'blocking'")
    assert said(edition_of(unknown), "quality")[0] == "0 checks passed, 1 gave a warning, 2 failed."


def test_a_tier_that_nobody_approved_says_so(english: Edition) -> None:
    assert said(english, "approval")[0].startswith("No review of 31 March 2026 has been approved")
    assert said(english, "restatements") == ["No review has been sealed yet, so there is nothing to restate."]


def test_a_sealed_review_says_who_when_and_under_which_hash(of_reviewed: Edition) -> None:
    lines = said(of_reviewed, "approval")
    assert lines[0] == "Review 2026-03-31 was approved and sealed by 店长 on 2 April 2026 08:30 UTC."
    assert lines[0] in said(of_reviewed, "overview")
    assert "Club|2|4|1|1|1|1|0|sha256:dd" in lines
    assert "Record hash sha256:ee; the one before none." in lines
    assert lines[-1] == "Club|4|1|20.0%|30.0%|1|25.0%|12.5%|20.0%|50.0%|–|10.0%|–"


def test_an_outcome_over_its_limit_is_marked(of_reviewed: Edition, changed: Make) -> None:
    def alarms(edition: Edition) -> frozenset[int]:
        caption = "What the outcome checks looked at"
        return next(table.alarms for table in tables_of(edition) if table.caption == caption)

    assert alarms(of_reviewed) == {0}
    few_before = changed(REVIEWS + "; update review_outcomes set limits_from_customers_count = 4")
    assert alarms(edition_of(few_before)) == frozenset()
    rising = changed(REVIEWS + "; update review_outcomes set upgraded_ratio = 0.4, downgraded_ratio = 0.1")
    assert alarms(edition_of(rising)) == {0}


def test_restatements_are_those_the_newest_review_found(of_reviewed: Edition, changed: Make) -> None:
    lines = said(of_reviewed, "restatements")
    assert "2026-02-28|Club|return|1|0|1" in lines
    assert "c-04|2026-02-28|Club|Base|Gold|late sales line|9:1" in lines
    older = changed(REVIEWS + "; update tier_restatements set found_in_review_id = '2025-12-31'")
    assert said(edition_of(older), "restatements") == [
        "Decided again when the review after it was proposed, no tier of a sealed review was different."
    ]


def test_the_newest_sealed_review_gives_the_date(changed: Make) -> None:
    earlier = changed("""
        insert into tier_reviews by name
        select '2026-02-28' as review_id, '2026-02-28'::date as as_of_date, 'club' as scheme_id,
            'x' as decisions_digest, 'y' as decided_by, '2026-03-02'::timestamp as decided_at,
            'unattended' as decision_mode, 'z' as record_hash
    """)
    edition = edition_of(earlier)
    assert edition.subtitle == "As of 28 February 2026, compared with 31 January 2026"
    assert said(edition, "approval")[0].startswith("Review 2026-02-28 was approved unattended")
    # The sealed review lies before what the release still holds.
    lost = changed("update tier_reviews set as_of_date = '2020-01-31'")
    assert edition_of(lost).subtitle.startswith("As of 31 March 2026")


def test_an_earlier_date_has_what_is_published_of_it(release: Path) -> None:
    edition = edition_of(release, as_of_date=date(2026, 2, 28))
    assert "Customers|5" in said(edition, "overview")[0]
    lines = said(edition, anchor_of(edition, "Customer pyramid"))
    assert "1 moved up" not in lines
    assert "Small|·|777|·|777" in lines


def test_what_is_kept_of_no_earlier_date_is_shown_as_of_the_release_and_says_so(
    release: Path, english: Edition
) -> None:
    earlier = edition_of(release, as_of_date=date(2026, 2, 28), scheme_ids=("club", "value_pyramid"))
    named = edition_of(release, scheme_ids=("club", "value_pyramid"))
    note = (
        "These figures are as of 31 March 2026, the release's own date; "
        "those of 28 February 2026 are not kept."
    )
    for anchor in ("dormant", "referrals", "complaints", "disagreement"):
        assert said(earlier, anchor) == [note, *said(named, anchor)]
        assert note not in said(english, anchor)


def test_where_no_reason_is_published_the_figure_that_decided_is_said(changed: Make) -> None:
    edition = edition_of(changed("update customer_tiers set reason_en = null"))
    lines = said(edition, anchor_of(edition, "Club"))
    assert "c-02|Base|Gold|1,600.25|net sales, last 12 months 2,100, threshold 2,000" in lines


@pytest.mark.parametrize(
    ("decided_by", "en", "zh"),
    [
        (
            "'spent_points', 2100, 2000",
            "Points for spending 2,100, threshold 2,000",
            "消费积分 2,100，标准 2,000",
        ),
        ("'new_points', 2100, null", "new points 2,100", "new points 2,100"),
        (
            "'cumulative_share_before_pct', 70.5, 90",
            "cumulative share before this customer 70.5%, threshold 90%",
            "排在此客户之前的累计占比 70.5%，标准 90%",
        ),
        ("'no_earlier_rule', null, null", "none of the rules before holds", "不符合前面的任何一条规则"),
    ],
)
def test_what_a_scheme_computes_itself_is_said_by_name(
    changed: Make, decided_by: str, en: str, zh: str
) -> None:
    database = changed(
        "update customer_tiers set reason_en = null, reason_zh = null;"
        " update tier_decisions set (deciding_criterion, deciding_value, threshold_value) ="
        f" row({decided_by}) where scheme_id = 'club'"
    )
    measures = {("club", 2): {"spent_points": Measure("消费积分", "Points for spending", "points")}}
    for language, said_so, title in (("en", en, "Club"), ("zh", zh, "会员俱乐部")):
        edition = edition_of(database, language, measures=measures)
        lines = said(edition, anchor_of(edition, title))
        assert any(line.startswith("c-02|") and line.endswith(f"|{said_so}") for line in lines), lines


def test_a_date_or_a_scheme_without_tiers_is_refused(release: Path) -> None:
    with pytest.raises(ConfigurationError, match="no tiers of 2026-03-15"):
        edition_of(release, as_of_date=date(2026, 3, 15))
    with pytest.raises(ConfigurationError, match="no tiers of abc at that date"):
        edition_of(release, scheme_ids=("abc", "club"))


def test_named_schemes_are_shown_whole_and_the_others_by_their_tiers(release: Path) -> None:
    edition = edition_of(release, scheme_ids=("letters",))
    titles = [section.title for section in edition.sections]
    assert "Letters" in titles
    assert "Club" not in titles
    assert "–|Base|2|50.0%|1,900|19.2%" in said(edition, "others")


def test_of_many_schemes_those_that_decide_are_shown_whole(changed: Make) -> None:
    many = changed("""
        insert into tier_sizes by name
        select 'plain_' || i as scheme_id, 1 as scheme_version, 'Plain ' || i as scheme_title_en,
            'x' as tier_code, 1 as tier_rank, 0 as customers_count, '2026-03-31'::date as as_of_date
        from range(8) as numbers (i)
    """)
    titles = [section.title for section in edition_of(many).sections]
    assert {"Customer pyramid", "Club"} < set(titles)
    assert not {"Letters", "Plain 1"} & set(titles)


def test_a_first_release_has_nothing_to_compare_with(bare: Make) -> None:
    first = bare(
        "insert into releases by name select 'r000001' as release_id, 1 as sequence_number, 'run' as run_id,"
        " '2026-03-31'::date as as_of_date;"
        + VALUES
        + "delete from customer_values_monthly where as_of_date < '2026-03-31'"
    )
    edition = edition_of(first)
    lines = said(edition, "overview")
    assert edition.subtitle == "As of 31 March 2026"
    assert "First report: there is no previous month end to compare with." in lines
    assert "No tier scheme was computed for this date." in lines


def test_a_release_without_anything_is_a_report_too(bare: Make) -> None:
    edition = edition_of(
        bare(
            "insert into releases by name select 'r000001' as release_id, 1 as sequence_number,"
            " '2026-03-31'::date as as_of_date"
        )
    )
    lines = said(edition, "overview")
    assert "There are no customers at this date." in lines
    assert "No checks are recorded for this release." in lines
    assert "No file has been received." in lines


def test_a_release_from_before_reviews_is_a_report_too(changed: Make) -> None:
    old = changed("drop table tier_reviews; drop table tier_restatements; drop table review_outcomes")
    assert said(edition_of(old), "approval")[0].startswith("No review of 31 March 2026")
