from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from candidates import Shop
from publishing import as_earlier_version

from clientele.errors import UnavailableError
from clientele.publish.verify import verify_release


@pytest.fixture
def release(first_release) -> Path:
    return first_release.directory


def alter(release: Path, statement: str) -> None:
    """Do to a release what nobody should: write into it."""
    database = release / "clientele.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        connection.execute(statement)


def replace_text(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.chmod(0o644)
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_release_is_what_was_published(release):
    assert verify_release(release) == []


def test_a_release_of_an_earlier_version_is_compared_in_its_way(first_release):
    as_earlier_version(first_release)
    assert verify_release(first_release.directory) == []
    alter(first_release.directory, "update customers set home_store_id = 'S9' where customer_key = 'c1'")
    assert verify_release(first_release.directory) == [
        "r000001: customers in clientele.duckdb is not what was published"
    ]


def test_a_release_whose_digests_nobody_here_can_make_is_named(release):
    replace_text(release / "release.json", '"summed_md5"', '"another"')
    with pytest.raises(UnavailableError, match=r"release\.json is not the record of a release"):
        verify_release(release)


def test_one_cent_more_is_found(release):
    alter(release, "update customer_values set net_sales_12m_amount = 100.01 where customer_key = 'c1'")
    assert verify_release(release) == [
        "r000001: customer_values in clientele.duckdb is not what was published"
    ]


def test_a_missing_row_is_found(release):
    alter(release, "delete from quarantined_rows where row_number = 9")
    assert verify_release(release) == [
        "r000001: quarantined_rows in clientele.duckdb has 1 rows, 2 were published"
    ]


def test_a_row_of_another_release_is_found(release):
    alter(release, "update customers set release_id = 'r000009' where customer_key = 'c2'")
    assert verify_release(release) == [
        "r000001: customers in clientele.duckdb carries the id of another release"
    ]


def test_a_missing_table_and_a_missing_file_are_found(release):
    alter(release, "drop table tier_sizes")
    (release / "parquet" / "customers.parquet").unlink()
    assert verify_release(release) == [
        "r000001: customers in parquet cannot be read",
        "r000001: tier_sizes in clientele.duckdb cannot be read",
    ]


def test_a_lost_database_is_found(release):
    (release / "clientele.duckdb").unlink()
    assert verify_release(release) == ["r000001: clientele.duckdb cannot be opened"]


def test_a_changed_crm_export_is_found(release):
    replace_text(release / "crm" / "customer_tier_changes.csv", "new", "left")
    assert verify_release(release) == ["r000001: the CRM export does not fit its manifest"]


def test_reports_that_are_gone_are_found_and_stop_no_release_after_it(first_release, publish_shop):
    shutil.rmtree(first_release.directory / "report")
    assert verify_release(first_release.directory) == ["r000001: the folder of its reports is gone"]
    second = publish_shop(Shop().selling("c3", "5.0000"))
    assert (second.release_id, verify_release(second.directory)) == ("r000002", [])


def test_a_changed_content_digest_is_found(release):
    replace_text(release / "release.json", '"content_digest": "', '"content_digest": "0')
    assert verify_release(release) == ["r000001: the content digest does not fit the digests of the tables"]


def test_a_directory_without_a_record_is_no_release(tmp_path):
    with pytest.raises(UnavailableError, match=r"release\.json is not the record of a release"):
        verify_release(tmp_path)
