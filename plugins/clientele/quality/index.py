"""The first page of the Data Docs: every boundary, its failures and warnings, and the way to the details."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment

from clientele.quality.results import CheckResult, read_results

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Data quality</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #ddd; padding: .3rem .6rem; text-align: left; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.blocked { color: #b00020; font-weight: 600 } .warned { color: #8a5a00 } .passed { color: #1b6e3c }
</style>
<h1>Data quality</h1>
{% for boundary, results in boundaries %}
<h2 id="{{ boundary }}">{{ boundary }}</h2>
<p>{{ results | length }} checks,
{{ results | selectattr("is_blocking_failure") | list | length }} blocking,
{{ results | rejectattr("is_successful") | rejectattr("is_blocking_failure") | list | length }} warnings.
<a href="{{ boundary }}/index.html">Expectations and results in detail</a></p>
<table>
<tr><th>Outcome<th>Suite<th>Check<th>Column<th>Rows checked<th>Failed<th>Details</tr>
{% for result in results | sort(attribute="is_successful") %}
{% set failure = "blocked" if result.is_blocking_failure else "warned" %}
{% set outcome = "passed" if result.is_successful else failure %}
<tr><td class="{{ outcome }}">{{ outcome }}<td>{{ result.suite_name }}
<td>{{ result.check_id }}<br>{{ result.check_name }}<td>{{ result.column_name or "" }}
<td class="number">{{ result.checked_count }}<td class="number">{{ result.failed_count }}
<td>{{ result.details or "" }}</tr>
{% endfor %}
</table>
{% endfor %}
</html>
"""


def write_index(documentation: Path) -> Path:
    """Write ``documentation/index.html`` from the ``<boundary>/results.json`` beside it; returns its path."""
    boundaries: list[tuple[str, list[CheckResult]]] = [
        (path.parent.name, read_results(path)) for path in sorted(documentation.glob("[a-z]*/results.json"))
    ]
    page = Environment(autoescape=True).from_string(_PAGE).render(boundaries=boundaries)
    beside = documentation / ".index.html"
    beside.write_text(page, encoding="utf-8")
    return beside.replace(documentation / "index.html")
