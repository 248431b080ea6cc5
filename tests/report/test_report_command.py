"""`clientele report`: which files it writes where, and who gets to see a name."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from published_shop import make_database

from clientele import pipeline
from clientele.cli import main
from clientele.errors import ConfigurationError, UnavailableError
from clientele.lake.ingest import ingest
from clientele.settings import Settings

MEMBERS = """member_no,name,phone,email,joined_at,status
M1,王小明,13900000001,ming@a.example,2025-01-01,active
M2,李雷,13900000002,lei@a.example,2025-01-01,active
M3,=Han Meimei,13900000003,mei@a.example,2025-01-01,active
"""
ACCOUNTS = """
insert into customer_accounts by name
select 'generic' as source, 'member' as account_type, * from (values
    ('M1', 'c-01'), ('M2', 'c-02'), ('M3', 'c-03')
) as cards (account_id, customer_key);
insert into customers by name
select 'c-0' || i as customer_key, i <> 3 as has_contact_consent from range(1, 7) as numbers (i)
"""
NAMES = ("王小明", "李雷", "Han Meimei")


@pytest.fixture(scope="module")
def shop(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A published shop whose members' names are in the vault; c-03 has said no to being contacted."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, settle_seconds=0, secret_key="a secret for tests only")
    members = settings.landing / "generic" / "members_1.csv"
    members.parent.mkdir(parents=True)
    members.write_text(MEMBERS, encoding="utf-8")
    ingest(settings)
    settings.published.mkdir()
    make_database(Path(shutil.copy(release, settings.published / "clientele.duckdb")), ACCOUNTS)
    return settings


@pytest.fixture(autouse=True)
def _in_the_shop(shop: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENTELE_HOME", str(shop.home))
    monkeypatch.setenv("CLIENTELE_SECRET_KEY", str(shop.secret_key))


def test_one_command_writes_what_was_asked_for(shop: Settings) -> None:
    assert main(["report", "--as-of", "2026-02-28", "--format", "xlsx", "--language", "both"]) == 0
    assert sorted(path.name for path in shop.reports.iterdir()) == [
        "tier_review_2026-02-28.en.xlsx",
        "tier_review_2026-02-28.zh.xlsx",
    ]


def test_reports_to_share_carry_keys_only(shop: Settings) -> None:
    assert main(["report", "--format", "html", "--language", "en", "--scheme", "club"]) == 0
    page = (shop.reports / "tier_review_2026-03-31.en.html").read_text(encoding="utf-8")
    assert "c-02" in page
    assert "by internal key only" in page
    assert [name for name in NAMES if name in page] == []


def test_a_setting_adds_masked_names(shop: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENTELE_REPORT_MASKED_NAMES", "true")
    assert main(["report", "--format", "html", "--language", "zh"]) == 0
    page = (shop.reports / "tier_review_2026-03-31.zh.html").read_text(encoding="utf-8")
    assert "李**" in page
    assert "只留首字" in page
    assert [name for name in NAMES if name in page] == []


def test_the_staff_edition_has_names_and_is_its_owners_alone(shop: Settings) -> None:
    assert main(["report", "--format", "html", "--language", "zh", "--staff"]) == 0
    file = shop.home / "staff" / "tier_review_2026-03-31.zh.html"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    page = file.read_text(encoding="utf-8")
    assert "李雷" in page
    assert "仅供内部使用" in page
    # Who must not be contacted stays a key.
    assert "Han Meimei" not in page


def test_names_need_the_key_of_the_lake(shop: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = Settings(home=shop.home, settle_seconds=0, secret_key="another secret, not the lake's")
    with pytest.raises(ConfigurationError, match="not the one this lake was written with"):
        pipeline.report(stranger, None, print, formats=["html"], is_for_staff=True)
    assert capsys.readouterr().out == ""


def test_before_the_first_release_there_is_nothing_to_report(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="nothing has been published yet"):
        pipeline.report(Settings(home=tmp_path), None, print)
