"""The `clientele` command.

Human text goes to stderr; with ``--json`` one JSON document goes to stdout. Exit codes: 0 done, 1 a gate or
check said no, 2 wrong use or bad configuration, 3 could not (a file, a disk, a service).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from clientele import __version__
from clientele.errors import ClienteleError, ConfigurationError, UnavailableError
from clientele.settings import Settings, load_settings

EXIT_DONE = 0
EXIT_CHECK_SAID_NO = 1

Handler = Callable[[argparse.Namespace, Settings], tuple[Any, int]]


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, like every other error of this command."""

    def error(self, message: str) -> NoReturn:
        raise ConfigurationError(message, remedy=f"see `{self.prog} --help`")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-06-30") from error


def _positive(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return value


def _sample(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.sample import generate

    summary = generate(
        settings.landing / "generic",
        settings.home / "truth",
        customers=arguments.customers,
        months=arguments.months,
        end=arguments.end,
        seed=arguments.seed,
        progress=_say,
    )
    _say(f"sample shop in {settings.landing / 'generic'}, what is true of it in {settings.home / 'truth'}")
    return summary, EXIT_DONE


def _deliver(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.real_data import deliver

    delivered = deliver(arguments.name, settings.landing, arguments.source_path)
    for path in delivered:
        _say(f"delivered {path}")
    return {"delivered": delivered}, EXIT_DONE


def _ingest(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele import pipeline

    taken = pipeline.ingest(settings, arguments.source, _say)
    if taken.count("unchanged") == len(taken.files):
        _say(f"nothing new: {len(taken.files):,} files are known")
    return taken, EXIT_DONE


def _run(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele import pipeline, summary

    if arguments.via_airflow:
        from clientele.orchestration.embedded import run_dags

        run_dags(settings, arguments.as_of, progress=_say)
    else:
        pipeline.ingest(settings, None, _say)
        pipeline.run(settings, arguments.as_of, _say)
    report = summary.read_summary(settings)
    _say(summary.as_text(report))
    return report, EXIT_DONE


def _doctor(_arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele import doctor

    findings = doctor.examine(settings)
    for finding in findings:
        _say(f"{finding.state:<7} {finding.subject}: {finding.message}")
    said_no = any(finding.state == "failed" for finding in findings)
    return {"findings": findings}, EXIT_CHECK_SAID_NO if said_no else EXIT_DONE


def _quarantine_list(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.quarantine.listing import list_groups

    groups = list_groups(settings, arguments.source, arguments.reason, arguments.load)
    for group in groups:
        where = f" in {group.column_name}" if group.column_name else ""
        _say(
            f"load {group.load_id} {group.source}/{group.file_name}: {group.rows_count:,} rows,"
            f" {group.reason_code}{where}, {group.redriven_rows_count:,} redriven;"
            f" the first is row {group.first_row_number}"
        )
    if not groups:
        options = {"--source": arguments.source, "--reason": arguments.reason, "--load": arguments.load}
        chosen = " ".join(f"{option} {value}" for option, value in options.items() if value is not None)
        _say(f"no row in quarantine is of {chosen}" if chosen else "no row is in quarantine")
    return {"groups": groups}, EXIT_DONE


def _quarantine_show(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.lake.landing import printable
    from clientele.quarantine.rows import show_row

    row = show_row(settings, arguments.load, arguments.row, reveals=arguments.reveal)
    _say(f"load {row.load_id} row {row.row_number} of {row.source}/{row.file_name}")
    for column, cell in row.cells.items():
        _say(f"  {column}: {printable(cell or '')}")
    if row.reason is not None:
        _say(f"  it could not be split: {row.reason}")
        _say(f"  its text: {printable(row.text or '')}")
    return row, EXIT_DONE


def _quarantine_export(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.quarantine.rows import export_rows

    rows = export_rows(settings, arguments.load, arguments.output)
    _say(f"{rows:,} rows in {arguments.output}; it holds contact data: delete it when it has been redriven")
    return {"rows": rows, "file": arguments.output}, EXIT_DONE


def _quarantine_original(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.quarantine.rows import export_original

    size = export_original(settings, arguments.load, arguments.output)
    _say(f"{size:,} bytes in {arguments.output}; it holds contact data: delete it when you have seen it")
    return {"size_bytes": size, "file": arguments.output}, EXIT_DONE


def _quarantine_redrive(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.quarantine.rows import redrive_rows

    outcome = redrive_rows(settings, arguments.file)
    if outcome.status == "unchanged":
        _say(f"{arguments.file} was redriven before; nothing was changed")
    else:
        taken_in = f"{outcome.source}/{outcome.file_name}"
        _say(f"{outcome.row_count:,} rows taken in as {taken_in}; `clientele run` loads them")
    return outcome, EXIT_DONE


def _source_new(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.lake.draft import draft_source, write_description

    draft = draft_source(arguments.name, arguments.file)
    if arguments.print:
        if not arguments.json:
            print(draft, end="")
        return {"description": draft}, EXIT_DONE
    path = write_description(settings.dbt_project, arguments.name, draft)
    _say(f"{path} is a draft: check every line marked as a guess; docs/sources.md shows the next steps")
    return {"file": path}, EXIT_DONE


def _crm_export(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    plain = settings.published / "crm"
    if not arguments.staff:
        if not plain.exists():
            raise UnavailableError("nothing is published yet", remedy="run `clientele run`")
        _say(f"without contact data, the changes of the current release lie in {plain}")
        return {"file": plain / "customer_tier_changes.csv"}, EXIT_DONE
    from clientele.crm.staff import write_staff_edition

    edition = write_staff_edition(settings)
    _say(
        f"{edition.rows:,} rows in {edition.file}, {edition.rows_with_contact:,} with contact data:"
        " for staff alone, delete it when it has been taken over"
    )
    return edition, EXIT_DONE


def _explain(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.identity import evidence

    if arguments.customer_key is not None:
        found = evidence.explain_customer(settings, arguments.customer_key)
    else:
        found = evidence.explain_member(settings, arguments.source, arguments.member_no)
    if arguments.scheme is not None:
        from clientele import explain

        explained = explain.explain_tier(settings, found.customer_key, arguments.scheme, arguments.as_of)
        _say(explain.as_text(explained, arguments.language))
        return explained, EXIT_DONE
    if arguments.as_of is not None:
        raise ConfigurationError("--as-of says of which day the tier is", remedy="add --scheme")
    _say(evidence.as_text(found, arguments.language))
    return found, EXIT_DONE


def _identity_propose(_arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.identity.proposals import propose

    proposals = propose(settings)
    _say(f"{proposals.pairs:,} pairs of customers to look at in {proposals.file}; none was linked")
    return proposals, EXIT_DONE


def _release_list(_arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.publish.rollback import kept_releases

    kept = kept_releases(settings)
    for number, release in enumerate(kept):
        _say(
            f"{release.release_id}  as of {release.as_of_date}, loads up to {release.known_load_id},"
            f" published {release.published_at:%Y-%m-%d %H:%M} UTC{'' if number else '  <- current'}"
        )
    if not kept:
        _say("nothing has been published yet")
    return {"releases": kept}, EXIT_DONE


def _release_rollback(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele import pipeline

    release = pipeline.roll_back(settings, arguments.release_id)
    _say(
        f"{release.release_id} says what {arguments.release_id or 'the release before'} said;"
        " the next run publishes what the lake holds, so pause it until the cause is found"
    )
    return release, EXIT_DONE


def _review(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.reviews import commands

    return commands.review(arguments, settings, _say)


def _replay(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.reviews import commands

    return commands.replay_review(arguments, settings, _say)


def _simulate(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele import simulation

    done = simulation.simulate(
        settings,
        simulation.scheme_text(None, arguments.scheme_file),
        arguments.first,
        arguments.last,
        _say,
        against=arguments.against,
        output=arguments.output,
    )
    _say(simulation.as_text(done))
    return done, EXIT_DONE


def _report(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele import pipeline
    from clientele.report import FORMATS, LANGUAGES

    files = pipeline.report(
        settings,
        arguments.as_of,
        _say,
        formats=FORMATS if arguments.format == "all" else [arguments.format],
        languages=LANGUAGES if arguments.language == "both" else [arguments.language],
        scheme_ids=arguments.scheme or (),
        is_for_staff=arguments.staff,
    )
    if arguments.staff:
        _say("with customers' names: for staff alone, delete them when they have been read")
    return {"files": files}, EXIT_DONE


def _release_push(_arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele import pipeline

    pushed = pipeline.push(settings, _say)
    _say(f"PostgreSQL {'already showed' if pushed.is_unchanged else 'shows'} {pushed.release_id}")
    return pushed, EXIT_DONE


def _bi_bundle(arguments: argparse.Namespace, settings: Settings) -> tuple[Any, int]:
    from clientele.bi.superset import write_bundle

    path = write_bundle(settings, arguments.output)
    _say(f"wrote {path}")
    return {"bundle": path}, EXIT_DONE


def _add_explain(explain: argparse.ArgumentParser) -> None:
    """`clientele explain`: whom it is about, and in which language."""
    whom = explain.add_mutually_exclusive_group(required=True)
    whom.add_argument("--customer-key", metavar="KEY", help="a customer of the current release")
    whom.add_argument("--member-no", metavar="NO", help="the customer who holds this card")
    explain.add_argument(
        "--source", metavar="NAME", default="generic", help="whose card it is (default generic)"
    )
    explain.add_argument("--scheme", metavar="ID", help="why the customer has the tier of this scheme")
    explain.add_argument(
        "--as-of", type=_day, metavar="DATE", help="the tier of that day (default: the release's date)"
    )
    explain.add_argument("--language", choices=["zh", "en"], default="en", help="(default en)")


def _add_reviews(command: Callable[..., argparse.ArgumentParser]) -> None:
    """`clientele review` and `clientele replay`: tiers decided once a month, and decided again."""
    review = command("review", _review, "propose, approve or reject a tier review; without a date, list them")
    review.add_argument("--list", action="store_true", help="the reviews so far, and what waits")
    review.add_argument("--as-of", type=_day, metavar="DATE", help="the month end that is reviewed")
    review.add_argument("--from", dest="first", type=_day, metavar="DATE", help="the first of many months")
    review.add_argument("--to", dest="last", type=_day, metavar="DATE", help="the last of them")
    review.add_argument("--scheme", nargs="+", metavar="ID", help="these alone (default: all in use)")
    review.add_argument("--approve", metavar="NAME", help="seal what was proposed; NAME is kept")
    review.add_argument("--reject", metavar="NAME", help="keep that NAME rejected it; nothing else changes")
    review.add_argument("--reason", metavar="TEXT", help="why it is rejected")
    replay = command("replay", _replay, "decide a sealed review again; exit code 1 when it differs")
    replay.add_argument("review_id", metavar="REVIEW", help="such as 2026-06-30")
    replay.add_argument(
        "--known", choices=["then", "now"], required=True, help="from what was known then, or is known now"
    )


def _add_report(report: argparse.ArgumentParser) -> None:
    """`clientele report`: of which date, and in which form."""
    report.add_argument(
        "--as-of",
        type=_day,
        metavar="DATE",
        help="a date whose tiers are published (default: that of the newest sealed review, or the release's)",
    )
    report.add_argument(
        "--format", choices=["html", "pdf", "xlsx", "all"], default="all", help="(default all)"
    )
    report.add_argument("--language", choices=["zh", "en", "both"], default="both", help="(default both)")
    report.add_argument(
        "--scheme",
        nargs="+",
        metavar="ID",
        help="schemes to show whole (default: those that decide something)",
    )
    report.add_argument(
        "--staff", action="store_true", help="with customers' names, below staff/; needs the secret key"
    )


def _add_simulation(simulate: argparse.ArgumentParser) -> None:
    """`clientele simulate`: a scheme tried on months that are past."""
    simulate.description = (
        "Run a new or changed scheme file over past months with the models and the data of production, and"
        " hold it against the tiers that customers really had: who would have been higher or lower, how"
        " often tiers change, what the benefits cost, what moves when a threshold moves. Needs a current"
        " release and publishes nothing; the same file can go into dbt_project/tiers/ unchanged."
        " docs/simulation.md has an example."
    )
    simulate.add_argument(
        "scheme_file", type=Path, metavar="SCHEME_FILE", help="as docs/schemes.md says; any name"
    )
    simulate.add_argument(
        "--from", dest="first", type=_day, required=True, metavar="DATE", help="a day of the first month"
    )
    simulate.add_argument(
        "--to",
        dest="last",
        type=_day,
        required=True,
        metavar="DATE",
        help="the last day; month ends up to it and the day itself are computed",
    )
    simulate.add_argument(
        "--against", metavar="SCHEME_ID", help="published scheme to compare with (default: of the same id)"
    )
    simulate.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="folder of the results (default reports/simulations/<scheme>_v<version>_<from>_<to>)",
    )


def _add_releases(command: Callable[..., argparse.ArgumentParser]) -> None:
    """`clientele release ...`: what was published."""
    command("list", _release_list, "the releases that are kept, the newest first")
    back = command("rollback", _release_rollback, "publish again, as a new release, what an earlier one said")
    back.add_argument(
        "release_id", nargs="?", metavar="RELEASE", help="such as r000012 (default: the one before)"
    )
    command("push", _release_push, "bring PostgreSQL (CLIENTELE_POSTGRES_URL) to the current release")


def _add_quarantine(command: Callable[..., argparse.ArgumentParser]) -> None:
    """`clientele quarantine ...`: rows that were set aside."""
    listing = command("list", _quarantine_list, "count the rows set aside, by file and reason")
    listing.add_argument("--source", metavar="NAME", help="only this source")
    listing.add_argument("--reason", metavar="CODE", help="only this reason code")
    listing.add_argument("--load", type=_positive, metavar="N", help="only this load")
    show = command("show", _quarantine_show, "show one row, contact data masked")
    show.add_argument("--load", type=_positive, required=True, metavar="N", help="its load")
    show.add_argument(
        "--row", type=_positive, required=True, metavar="M", help="its place in the file, from 1"
    )
    show.add_argument("--reveal", action="store_true", help="show contact data too; needs the secret key")
    export = command(
        "export", _quarantine_export, "write a load's rows that wait for repair as CSV, to be redriven"
    )
    original = command(
        "original", _quarantine_original, "write a load's file as it was dropped, while it is kept"
    )
    for sub in (export, original):
        sub.add_argument("--load", type=_positive, required=True, metavar="N", help="the load")
        sub.add_argument(
            "--output", type=Path, required=True, metavar="FILE", help="holds contact data: mode 0600"
        )
    redrive = command("redrive", _quarantine_redrive, "take repaired rows in as a new load")
    redrive.add_argument("file", type=Path, metavar="FILE", help="what `export` wrote, repaired")


def build_parser() -> argparse.ArgumentParser:
    """The command's options; every sub-command sets ``handler``."""
    common = _Parser(add_help=False)
    common.add_argument("--json", action="store_true", help="print the outcome as JSON on stdout")
    parser = _Parser(
        prog="clientele",
        description="Customer values and customer tiers from a shop's exports.",
        epilog="Everything is kept below CLIENTELE_HOME (default ./.clientele). Exit codes: 0 done, "
        "1 a gate or check said no, 2 wrong use or bad configuration, 3 could not (a file, a disk).",
    )
    parser.add_argument("--version", action="version", version=f"clientele {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, handler: Handler, help_text: str, among: Any = commands
    ) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = among.add_parser(
            name, help=help_text, description=help_text, parents=[common]
        )
        sub.set_defaults(handler=handler)
        return sub

    def group(name: str, help_text: str) -> Callable[..., argparse.ArgumentParser]:
        sub = commands.add_parser(name, help=help_text, description=help_text)
        return partial(command, among=sub.add_subparsers(dest="action", required=True, metavar="ACTION"))

    sample = command("sample", _sample, "generate the sample shop's exports into the landing folder")
    sample.add_argument("--customers", type=_positive, default=20_000, help="people who shop (default 20000)")
    sample.add_argument("--months", type=_positive, default=24, help="months of history (default 24)")
    sample.add_argument("--end", type=_day, default=date(2026, 6, 30), help="last day (default 2026-06-30)")
    sample.add_argument("--seed", type=int, default=1, help="same seed, same bytes (default 1)")

    deliver = command("deliver", _deliver, "put a real data set into the landing folder")
    deliver.add_argument("name", choices=["complete_journey", "online_retail", "cdnow"], help="the data set")
    deliver.add_argument(
        "--from", dest="source_path", type=Path, metavar="PATH", help="folder or file that holds it"
    )

    ingest = command("ingest", _ingest, "take new files from the landing folder into the lake")
    ingest.add_argument("--source", metavar="NAME", help="only this source (default: all)")

    run = command("run", _run, "ingest, build, check and publish")
    run.add_argument(
        "--as-of", type=_day, metavar="DATE", help="date of values and tiers (default: last day in the sales)"
    )
    run.add_argument(
        "--via-airflow", action="store_true", help="run the Airflow DAGs, not their steps one by one"
    )

    _add_explain(command("explain", _explain, "why a customer has a tier, or why accounts are one customer"))
    group("identity", "who might be one person")(
        "propose", _identity_propose, "list pairs of customers who might be one person, link none"
    )

    _add_quarantine(group("quarantine", "rows that were set aside: list, show, export, redrive"))
    _add_reviews(command)
    _add_simulation(command("simulate", _simulate, "try a new or changed scheme on months that are past"))
    _add_report(command("report", _report, "write the tier review of the current release"))
    _add_releases(group("release", "what was published: list, rollback, push to PostgreSQL"))
    bi = group("bi", "dashboards for Superset")("bundle", _bi_bundle, "write what Superset imports")
    bi.add_argument("--output", type=Path, metavar="FILE", help="(default: bi/superset.zip in the home)")
    source = group("source", "systems that export files")(
        "new", _source_new, "draft the description of a source from one of its files"
    )
    source.add_argument("name", metavar="NAME", help="what the source is called: small letters, digits, _")
    source.add_argument("file", type=Path, metavar="FILE", help="one of its files, read only")
    source.add_argument("--print", action="store_true", help="print the draft, write nothing")
    crm = group("crm", "what the CRM takes over")("export", _crm_export, "the customers whose tier changed")
    crm.add_argument(
        "--staff",
        action="store_true",
        help="with contact data, below CLIENTELE_HOME/staff; needs the secret key",
    )

    command("doctor", _doctor, "examine the installation, the lake and the current release")
    return parser


def _jsonable(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _jsonable(asdict(value))
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    try:
        arguments = build_parser().parse_args(argv)
        outcome, exit_code = arguments.handler(arguments, load_settings())
    except ClienteleError as error:
        _say(f"clientele: {error}")
        return error.exit_code
    except OSError as error:
        _say(f"clientele: {error.strerror or error}: {error.filename or ''}".rstrip(": "))
        return UnavailableError.exit_code
    except Exception as error:
        # The engine is imported where it is used: it would cost every command a tenth of a second.
        import duckdb

        if not isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            raise
        first_line = str(error).partition("\n")[0]
        _say(f"clientele: {first_line} (`clientele doctor` says which files are not as they were)")
        return UnavailableError.exit_code
    except KeyboardInterrupt:
        _say("clientele: interrupted; nothing was half-published, the same command goes on from here")
        return 130
    if arguments.json:
        print(json.dumps(_jsonable(outcome), ensure_ascii=False, indent=1))
    return int(exit_code)


if __name__ == "__main__":
    sys.exit(main())
