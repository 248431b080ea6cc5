"""What holds for the exports of every shop system alike."""

from __future__ import annotations

from western_exports import PLANTED


def test_rows_and_amounts_in_are_rows_and_amounts_accounted_for(built):
    assert (
        built.rows(
            "select load_id, currency_code from load_ledger"
            " where rows_in_count <> rows_loaded_count + rows_duplicate_count + rows_superseded_count"
            " + rows_quarantined_count or amount_in <> amount_loaded + amount_duplicate + amount_superseded"
            " + amount_quarantined"
        )
        == []
    )
    (totals,) = built.rows("select sum(row_count), sum(amount) from lake.load_totals")
    (ledger,) = built.rows("select sum(rows_in_count), sum(amount_in) from load_ledger")
    assert totals == ledger


def test_line_totals_are_the_ledgers_loaded_amounts(built):
    lines = built.rows(
        "select source, currency_code, sum(amount) as amount from sales_line_totals"
        " where outcome = 'loaded' group by all having sum(amount) <> 0 order by all"
    )
    loaded = built.rows(
        "select source, currency_code, sum(amount_loaded) as amount from load_ledger"
        " group by all having sum(amount_loaded) <> 0 order by all"
    )
    assert len(lines) > 3
    assert lines == loaded


def test_contact_columns_are_nowhere_but_in_the_vault(built):
    home = built.settings.home
    files = [
        *(home / "lake" / "raw").rglob("*.parquet"),
        *(home / "lake" / "loads").glob("*.json"),
        *(path for path in (home / "warehouse").rglob("*") if path.is_file()),
    ]
    raw = [
        row
        for path in files
        if path.suffix == ".parquet"
        for row in built.rows(f"from read_parquet('{path}')")
    ]
    texts = [str(row) for row in raw]
    texts += [path.read_bytes().decode("latin-1") for path in files if path.suffix != ".parquet"]
    assert len(raw) > 20
    assert [word for word in PLANTED for text in texts if word in text.casefold()] == []


def test_contacts_stand_in_the_lake_as_hashes(built):
    for table, column in {
        "stg_shopify__orders": "email_hash",
        "stg_shopify__customers": "phone_hash",
        "stg_woocommerce__orders": "phone_hash",
        "stg_magento__order_grid": "email_hash",
    }.items():
        hashes = built.rows(
            f"select distinct length({column}) from staging.{table} where {column} is not null"
        )
        assert hashes == [(64,)], table
