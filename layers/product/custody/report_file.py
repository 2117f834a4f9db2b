"""Writes custody reports as text, HTML or CSV. The texts of a case are escaped: none of them is code in these files."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from pathlib import Path

from layers.errors import UnsupportedFormat
from layers.product.custody.custody_report import NOT_STATED, CustodyLine, CustodyReport
from layers.text.spreadsheet import without_formulas

ENDINGS = (".html", ".txt", ".csv")
_COLUMNS = ("at (UTC)", "event", "by", "tool", "hash", "SHA-256", "note")
_STYLE = (
    "body{font:14px/1.5 sans-serif;margin:2em;max-width:70em}"
    "table{border-collapse:collapse;margin:1em 0}"
    "td,th{border:1px solid #999;padding:4px 8px;text-align:left;vertical-align:top}"
    "code{word-break:break-all}.bad{font-weight:bold;color:#a00000}"
)


def report_text(reports: Sequence[CustodyReport], suffix: str) -> str:
    """The reports in the format of a file's ending. Raises UnsupportedFormat for any other."""
    if suffix == ".txt":
        return "\n\n".join(_plain(report) for report in reports) + "\n"
    if suffix == ".html":
        return _html(reports)
    if suffix == ".csv":
        return _csv(reports)
    raise UnsupportedFormat("“{suffix}”: the ending must be one of .html, .txt, .csv.", suffix=suffix)


def report_bytes(reports: Sequence[CustodyReport], path: Path) -> bytes:
    """The bytes of a report's file; a CSV begins with a mark by which spreadsheets know its letters."""
    text = report_text(reports, path.suffix.lower())
    return text.encode("utf-8-sig" if path.suffix.lower() == ".csv" else "utf-8", "replace")


def _cells(line: CustodyLine) -> tuple[str, ...]:
    by = line.by or NOT_STATED
    return line.at or NOT_STATED, line.deed, by, line.tool, line.result, line.sha256, " ".join(line.note.split())


def _plain(report: CustodyReport) -> str:
    rows = [report.title, "=" * len(report.title)]
    rows += [f"{name}: {' '.join(text.split())}" for name, text in report.facts]
    rows += ["", report.summary, ""]
    for number, line in enumerate(report.lines, 1):
        at, deed, by, tool, result, sha256, note = _cells(line)
        rows.append(f"{number}. {at}  {deed}, by {by}{f' with {tool}' if tool else ''}")
        rows += [f"   {part}" for part in (note, f"{result}: {sha256}" if sha256 else "") if part]
    return "\n".join(rows)


def _html(reports: Sequence[CustodyReport]) -> str:
    parts = [f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Custody</title><style>{_STYLE}</style>']
    for report in reports:
        parts.append(f"<h1>{html.escape(report.title)}</h1><dl>")
        parts += [f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in report.facts]
        bad = "" if report.is_sound else ' class="bad"'
        parts.append(f"</dl><p{bad}>{html.escape(report.summary)}</p><table><tr>")
        parts += [f"<th>{name}</th>" for name in _COLUMNS]
        parts.append("</tr>")
        for line in report.lines:
            bad = ' class="bad"' if line.matches is False else ""
            cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(line))
            parts.append(f"<tr{bad}>{cells}</tr>")
        parts.append("</table>")
    return "\n".join(parts) + "\n</html>\n"


def _csv(reports: Sequence[CustodyReport]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("of", *_COLUMNS))
    for report in reports:
        writer.writerows([without_formulas(cell) for cell in (report.title, *_cells(line))] for line in report.lines)
    return text.getvalue()
