"""Workbooks written by hand, down to cells that no tool would write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: Styles by number: 0 none, 1 a date, 2 a date with a time, 3 a time, 4 text.
_STYLES = f"""<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5">
<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="21"/><xf numFmtId="49"/></cellXfs>
</styleSheet>"""

Cell = str | float | bool | None | tuple[str, str]


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Cell]]], states: Mapping[str, str] | None = None
) -> bytes:
    """Sheets of cells: text, numbers, booleans, nothing, or (attributes, content) of a raw ``<c>``."""
    parts = {name: _sheet(rows) for name, rows in sheets.items()}
    return raw_workbook(parts, states)


def raw_workbook(sheets: Mapping[str, str], states: Mapping[str, str] | None = None) -> bytes:
    """Sheets as the XML of their rows, each with the state that is given for it."""
    listed, related = "", ""
    for number, name in enumerate(sheets, start=1):
        state = (states or {}).get(name, "visible")
        listed += f'<sheet name="{escape(name)}" sheetId="{number}" state="{state}" r:id="rId{number}"/>'
        target = f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"'
        related += f'<Relationship Id="rId{number}" {target}/>'
    related += f'<Relationship Id="rIdStyles" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>',
        )
        archive.writestr("xl/styles.xml", _STYLES)
        for number, rows in enumerate(sheets.values(), start=1):
            archive.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            )
    return file.getvalue()


def _sheet(rows: Sequence[Sequence[Cell]]) -> str:
    return "".join(
        f'<row r="{number}">'
        + "".join(_cell(f"{_letters(column)}{number}", cell) for column, cell in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )


def _letters(column: int) -> str:
    before, letter = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + letter)


def _cell(place: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        attributes, content = cell
        return f'<c r="{place}" {attributes}>{content}</c>'
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'
