"""Small exports of the generic source, and views of a lake that can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from clientele.duck import connect
from clientele.lake.log import read_records
from clientele.lake.mount import mount
from clientele.lake.raw import vault_path
from clientele.privacy.keys import load_keys
from clientele.privacy.vault import read_vault
from clientele.settings import Settings

NAME, PHONE, EMAIL = "Zhang Wei 张伟", "13912345678", "zhang.wei@shop.example"
POS_HEADER = "receipt_no,line_no,store_id,sold_at,phone,sku,quantity,net_amount,currency_code,kind"
MEMBERS_HEADER = "member_no,name,phone,email,birth_date,joined_at,status"


def pos_line(number: int, amount: str = "9.90", phone: str = "", currency: str = "CNY") -> str:
    return f"R{number},1,S1,2025-01-01T10:00:00,{phone},SKU1,1,{amount},{currency},sale"


def pos_file(*lines: str, header: str = POS_HEADER) -> bytes:
    return "".join(f"{line}\n" for line in (header, *lines)).encode()


def members_file(*lines: str) -> bytes:
    return pos_file(*lines, header=MEMBERS_HEADER)


def drop(settings: Settings, name: str, content: bytes, source: str = "generic") -> Path:
    path = settings.landing / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def query(settings: Settings, sql: str, known_load_id: int | None = None) -> list[tuple[object, ...]]:
    with connect(None, settings) as connection:
        mount(connection, settings, known_load_id)
        return connection.execute(sql).fetchall()


def lake_state(settings: Settings) -> Mapping[str, Sequence[object]]:
    """Everything a lake holds but the time of loading: mounted relations, raw files and opened vaults."""
    lake = settings.lake
    state: dict[str, Sequence[object]] = {
        "files": sorted(
            path.relative_to(lake).as_posix()
            for path in lake.rglob("*")
            if path.is_file() and path.name != ".lock"
        )
    }
    with connect(None, settings) as connection:
        mount(connection, settings)
        relations = ["load_totals", "malformed_rows", "generic__pos_sales", "generic__members"]
        for relation in ("loads", *relations):
            excluded = "exclude (loaded_at)" if relation == "loads" else ""
            rows = connection.execute(f"select * {excluded} from lake.{relation} order by all")
            state[relation] = rows.fetchall()
    for path in sorted(lake.glob("raw/*/*/*.parquet")):
        state[path.name] = pq.read_table(path).to_pylist()
    for record in read_records(settings):
        if record.has_vault:
            state[f"vault {record.load_id}"] = opened_vault(settings, record.load_id)
    return state


def opened_vault(settings: Settings, load_id: int) -> list[tuple[str, list[dict[str, object]]]]:
    key = load_keys(settings).vault
    return [
        (kind, batch.to_pylist()) for kind, batch in read_vault(vault_path(settings, load_id), key, load_id)
    ]
