"""`clientele review` and `clientele replay`: options, exit codes and what is said."""

from __future__ import annotations

import json

import pytest
from review_builds import WARNING
from review_shop import REVIEWED_ON

from clientele import cli
from clientele.lake.reviews import read_reviews
from clientele.reviews.replaying import Replay, Restatement, SchemeReplay
from clientele.reviews.schemes import edited_schemes

DAY = REVIEWED_ON.isoformat()


@pytest.fixture
def command(settings, monkeypatch):
    """Runs the command on the shop; returns its exit code."""
    monkeypatch.setattr(cli, "load_settings", lambda: settings)
    return lambda *arguments: cli.main(arguments)


@pytest.mark.parametrize(
    "options",
    [
        ["--as-of", DAY, "--approve", "Wang", "--reject", "Li"],
        ["--approve", "Wang"],
        ["--reject", "Wang", "--reason", "x"],
        ["--as-of", DAY, "--reason", "x"],
        ["--from", DAY],
        ["--to", DAY, "--approve", "Wang"],
        ["--from", DAY, "--to", DAY],
        ["--from", DAY, "--to", DAY, "--as-of", DAY, "--approve", "Wang"],
        ["--list", "--as-of", DAY],
    ],
)
def test_options_that_do_not_belong_together_are_refused(command, builds, options):
    assert command("review", *options) == 2
    assert builds.counted == 0


def test_a_review_is_proposed_shown_and_approved(command, builds, settings, capsys):
    builds.findings = (WARNING,)
    assert command("review", "--as-of", DAY) == 0
    shown = capsys.readouterr().err
    assert "appliance_spend: 2 customers, 0 up, 0 down, 0 new" in shown
    assert "warning: review_outcomes.warning falls_as_usual: 1 found" in shown
    assert f"it waits: `clientele review --as-of {DAY} --approve NAME`" in shown
    assert command("review", "--list") == 0
    assert f"{DAY}  waits for a decision: 2 schemes" in capsys.readouterr().err
    assert command("review", "--as-of", DAY, "--approve", "Wang") == 0
    assert f"review {DAY} sealed by Wang" in capsys.readouterr().err
    assert builds.counted == 1
    assert command("review") == 0
    assert f"{DAY}  sealed by Wang" in capsys.readouterr().err


def test_an_approval_without_a_proposal_makes_it_first(command, builds, settings, capsys):
    assert command("review", "--as-of", DAY, "--approve", "Wang", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["review_id"], told["decided_by"], told["decision_mode"]) == (DAY, "Wang", "person")


def test_approving_a_sealed_month_again_says_that_it_is_sealed(command, builds, settings, capsys):
    assert command("review", "--as-of", DAY, "--approve", "Wang") == 0
    assert command("review", "--as-of", DAY, "--approve", "Wang") == 2
    assert f"{DAY} was reviewed already, as {DAY}" in capsys.readouterr().err
    assert len(read_reviews(settings)) == 1
    # One scheme in use had nothing to decide: that is known without another build, and may be asked anew.
    assert builds.counted == 1
    assert command("review", "--as-of", DAY, "--scheme", "buyer_type") == 2
    assert "nothing to decide as of 2026-03-31 in buyer_type" in capsys.readouterr().err
    assert builds.counted == 2


@pytest.mark.parametrize("decision", [["--approve", "Wang"], ["--reject", "Wang", "--reason", "x"]])
def test_a_decision_on_other_schemes_than_those_that_wait_is_refused(
    command, builds, settings, capsys, decision
):
    some = ["--as-of", DAY, "--scheme", "value_pyramid"]
    command("review", "--as-of", DAY)
    assert command("review", *some, *decision) == 2
    assert "is about appliance_spend, value_pyramid, buyer_type" in capsys.readouterr().err
    assert read_reviews(settings) == []
    command("review", *some)
    assert command("review", *some, *decision) == 0
    assert len(read_reviews(settings)) == 1


def test_a_scheme_in_use_without_a_file_is_named(command, builds, settings, capsys):
    assert command("review", "--as-of", DAY, "--approve", "Wang") == 0
    file = settings.dbt_project / "dbt_project.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("- value_pyramid", "- value_pyramid\n  - club", 1), encoding="utf-8")
    assert command("review", "--as-of", "2026-04-30") == 2
    assert "in use, but without a file in" in capsys.readouterr().err
    assert edited_schemes(settings, read_reviews(settings)[0]) == []


def test_a_rejection_says_who_and_why(command, builds, capsys):
    command("review", "--as-of", DAY)
    assert command("review", "--as-of", DAY, "--reject", "Li", "--reason", "too many fall") == 0
    assert command("review", "--list") == 0
    listed = capsys.readouterr().err
    assert f"{DAY}  rejected by Li" in listed
    assert "too many fall" in listed


@pytest.mark.parametrize(("findings", "mode"), [((), "unattended"), ((WARNING,), None)])
def test_unattended_only_what_passes_every_check_is_approved(builds, settings, monkeypatch, findings, mode):
    monkeypatch.setenv("CLIENTELE_HOME", str(settings.home))
    monkeypatch.setenv("CLIENTELE_APPROVE_UNATTENDED", "true")
    loaded = cli.load_settings()
    assert loaded.approve_unattended
    monkeypatch.setattr(
        cli, "load_settings", lambda: type(loaded)(**{**vars(loaded), "dbt_project": settings.dbt_project})
    )
    builds.findings = findings
    assert cli.main(["review", "--as-of", DAY]) == 0
    assert [record.decision_mode for record in read_reviews(settings)] == ([mode] if mode else [])


@pytest.mark.parametrize(("rebuilt", "exit_code"), [("d1", 0), ("d2", 1)])
def test_a_replay_that_differs_ends_with_1(command, monkeypatch, capsys, rebuilt, exit_code):
    found = Replay(DAY, "then", schemes=(SchemeReplay("spend", 2, "d1", rebuilt),))
    monkeypatch.setattr("clientele.reviews.commands.replay", lambda *arguments: found)
    assert command("replay", DAY, "--known", "then", "--json") == exit_code
    shown = capsys.readouterr()
    assert json.loads(shown.out)["is_equal"] == (exit_code == 0)
    assert f"{1 - exit_code} of 1 schemes decided as they were sealed" in shown.err


def test_a_replay_with_what_is_known_now_names_customers_causes_and_rows(command, monkeypatch, capsys):
    restated = Restatement("spend", "c1", None, "high", None, 2, "late_line", 1, "5", "5:4")
    found = Replay(DAY, "now", restatements=(restated,))
    monkeypatch.setattr("clientele.reviews.commands.replay", lambda *arguments: found)
    assert command("replay", DAY, "--known", "now") == 0
    shown = capsys.readouterr().err
    assert "spend c1: none then, high now, late_line, rows 5:4" in shown
    assert "1 restatements: late_line 1" in shown


def test_an_unknown_review_is_wrong_use(command):
    assert command("replay", "2026-05-31", "--known", "then") == 2
