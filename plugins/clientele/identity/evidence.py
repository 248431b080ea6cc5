"""Why the accounts of a customer are one customer: the chain of evidence, read from the current release.

Nothing here names a contact: a buyer known by phone or e-mail alone goes by the first digits of a keyed hash.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

import duckdb

from clientele.duck import connect
from clientele.errors import ConfigurationError, UnavailableError
from clientele.lake.landing import printable
from clientele.privacy.normalise import normalise_account_id
from clientele.settings import Settings

#: Source, account type and account id.
_Key = tuple[object, ...]
#: Account types whose id is the keyed hash of a contact.
_HASHED_TYPES: Final = frozenset({"phone", "email"})
_HASH_DIGITS: Final = 8
_ACCOUNTS: Final = """
with files as (select load_id, min(file_name) as file_name from load_ledger group by load_id)
select
    accounts.source, accounts.account_type, accounts.account_id, accounts.known_from_date,
    accounts.first_seen_load_id, first_files.file_name,
    accounts.linked_to_source, accounts.linked_to_account_type, accounts.linked_to_account_id,
    accounts.linked_by, accounts.linked_on_date, accounts.linked_by_load_id, link_files.file_name
from customer_accounts as accounts
left join files as first_files on first_files.load_id = accounts.first_seen_load_id
left join files as link_files on link_files.load_id = accounts.linked_by_load_id
where accounts.customer_key = ?
order by accounts.first_seen_load_id, accounts.source, accounts.account_type, accounts.account_id
"""


@dataclass(frozen=True)
class AccountName:
    """An account as it may be shown: the id of a contact account is cut to a few digits of its hash."""

    source: str
    account_type: str
    account_id: str

    def __str__(self) -> str:
        return f"{self.source}/{self.account_type} {printable(self.account_id)}"


@dataclass(frozen=True)
class Link:
    """What two accounts have in common.

    ``key_type`` is card, ecommerce_account, phone or email; ``on_date`` the business day from which it is
    known of both, None where no export tells; ``file_name`` the file by which that was known.
    """

    to: AccountName
    key_type: str
    on_date: date | None
    load_id: int
    file_name: str | None


@dataclass(frozen=True)
class AccountEvidence:
    """An account, where it was first seen, and the link that leads to the oldest; None for the oldest."""

    account: AccountName
    known_from_date: date | None
    first_seen_load_id: int
    first_seen_file_name: str | None
    link: Link | None


@dataclass(frozen=True)
class CustomerEvidence:
    """The accounts of a customer, the oldest first, each after the one it is linked to."""

    release_id: str
    as_of_date: date
    customer_key: str
    accounts: tuple[AccountEvidence, ...]


def explain_customer(settings: Settings, customer_key: str) -> CustomerEvidence:
    """The evidence for one customer key of the current release.

    Raises UnavailableError when nothing is published, ConfigurationError for a key that the release lacks.
    """
    with _release(settings) as connection:
        return _evidence(connection, customer_key)


def explain_member(settings: Settings, source: str, member_no: str) -> CustomerEvidence:
    """The evidence for the customer who holds a card, its number written as anybody may write it.

    Raises UnavailableError when nothing is published, ConfigurationError for a card that the release lacks.
    """
    with _release(settings) as connection:
        found = connection.execute(
            "select customer_key from customer_accounts"
            " where source = ? and account_type = 'member' and account_id = ?",
            [source, normalise_account_id(member_no)],
        ).fetchone()
        if found is None:
            release_id, _ = _newest(connection)
            raise ConfigurationError(
                f"release {release_id} knows no card {printable(member_no)} of {printable(source)}",
                remedy="another source is named with --source",
            )
        return _evidence(connection, str(found[0]))


def _release(settings: Settings) -> duckdb.DuckDBPyConnection:
    database = settings.published / "clientele.duckdb"
    if not database.exists():
        raise UnavailableError("nothing is published yet", remedy="run `clientele run`")
    return connect(database, settings, read_only=True)


def _newest(connection: duckdb.DuckDBPyConnection) -> tuple[str, date]:
    newest = connection.execute(
        "select release_id, as_of_date from releases order by sequence_number desc limit 1"
    ).fetchone()
    if newest is None:
        raise UnavailableError("the published database names no release", remedy="run `clientele run`")
    return newest[0], newest[1]


def _evidence(connection: duckdb.DuckDBPyConnection, customer_key: str) -> CustomerEvidence:
    release_id, as_of_date = _newest(connection)
    rows = connection.execute(_ACCOUNTS, [customer_key]).fetchall()
    if not rows:
        raise ConfigurationError(
            f"release {release_id} knows no customer {printable(customer_key)}",
            remedy="keys stand in the published table customers",
        )
    evidence = {row[:3]: _account(row) for row in rows}
    linked_to = {row[:3]: row[6:9] for row in rows}
    ordered = [evidence[name] for name in _towards_the_leaves(linked_to)]
    return CustomerEvidence(release_id, as_of_date, customer_key, tuple(ordered))


def _account(row: tuple[object, ...]) -> AccountEvidence:
    source, kind, number, known_from, first_load, first_file, *link = row
    to_source, to_kind, to_number, key_type, on_date, load, file = link
    return AccountEvidence(
        _name(source, kind, number),
        known_from,  # type: ignore[arg-type]
        first_load,  # type: ignore[arg-type]
        first_file,  # type: ignore[arg-type]
        None
        if to_source is None
        else Link(_name(to_source, to_kind, to_number), str(key_type), on_date, load, file),  # type: ignore[arg-type]
    )


def _name(source: object, account_type: object, account_id: object) -> AccountName:
    number = str(account_id)
    shown = f"{number[:_HASH_DIGITS]}…" if account_type in _HASHED_TYPES else number
    return AccountName(str(source), str(account_type), shown)


def _towards_the_leaves(linked_to: dict[_Key, _Key]) -> list[_Key]:
    """Every account after the one it is linked to; what is linked to an account not known yet comes first."""
    followers: dict[_Key | None, list[_Key]] = defaultdict(list)
    for name, neighbour in linked_to.items():
        followers[neighbour if neighbour in linked_to else None].append(name)
    ordered = list(followers[None])
    for name in ordered:
        ordered.extend(followers[name])
    return ordered


_TEXTS: Final = {
    "en": {
        "head": "Customer {customer_key}, release {release_id}, as of {as_of_date}: {count} accounts",
        "head_one": "Customer {customer_key}, release {release_id}, as of {as_of_date}: 1 account",
        "oldest": "the oldest account; the customer is named after it",
        "link": "the same {key} as {to}, known of both since {date}, by load {load_id} ({file_name})",
        "undated_link": "the same {key} as {to}, known of both by load {load_id} ({file_name})",
        "seen": "known since {date}, first seen in load {load_id} ({file_name})",
        "undated_seen": "first seen in load {load_id} ({file_name})",
        "no_file": "no file",
        "card": "card number",
        "ecommerce_account": "web account",
        "phone": "phone",
        "email": "e-mail",
    },
    "zh": {
        "head": "客户 {customer_key}，发布 {release_id}，截至 {as_of_date}：{count} 个账户",
        "head_one": "客户 {customer_key}，发布 {release_id}，截至 {as_of_date}：1 个账户",
        "oldest": "最早的账户，客户以它命名",
        "link": "与 {to} 的{key}相同；双方自 {date} 起已知，依据第 {load_id} 次导入（{file_name}）",
        "undated_link": "与 {to} 的{key}相同，依据第 {load_id} 次导入（{file_name}）",
        "seen": "自 {date} 起已知，首见于第 {load_id} 次导入（{file_name}）",
        "undated_seen": "首见于第 {load_id} 次导入（{file_name}）",
        "no_file": "无文件",
        "card": "会员卡号",
        "ecommerce_account": "网店账户",
        "phone": "手机号",
        "email": "邮箱",
    },
}
#: What `as_text` can be written in.
LANGUAGES: Final = tuple(_TEXTS)


def as_text(evidence: CustomerEvidence, language: str = "en") -> str:
    """The evidence as lines for a terminal, in one of `LANGUAGES`."""
    texts = _TEXTS[language]
    lines = [
        texts["head" if len(evidence.accounts) > 1 else "head_one"].format(
            customer_key=evidence.customer_key,
            release_id=evidence.release_id,
            as_of_date=evidence.as_of_date,
            count=len(evidence.accounts),
        )
    ]
    for account in evidence.accounts:
        link = account.link
        lines.append(f"  {account.account}")
        if link is None:
            lines.append(f"    {texts['oldest']}")
        else:
            words = texts["link" if link.on_date else "undated_link"]
            file_name = printable(link.file_name or texts["no_file"])
            said = words.format(
                key=texts[link.key_type],
                to=link.to,
                date=link.on_date,
                load_id=link.load_id,
                file_name=file_name,
            )
            lines.append(f"    {said}")
        words = texts["seen" if account.known_from_date else "undated_seen"]
        file_name = printable(account.first_seen_file_name or texts["no_file"])
        said = words.format(
            date=account.known_from_date, load_id=account.first_seen_load_id, file_name=file_name
        )
        lines.append(f"    {said}")
    return "\n".join(lines)
