"""Tables of measurements as bar charts."""

import html
import re

WIDTH, LINE, BAR = 420, 18, 13  # of the drawing, the labels and the bars
CLASSES = ("tfk", "other", "hand")


def table_rows(markdown, heading):
    """Return the cells of the first table whose header has the cell `heading`, header first."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in markdown.splitlines()
        if line.startswith("|")
    ]
    start = next(i for i, row in enumerate(rows) if heading in row)
    width = len(rows[start])
    end = next(
        (
            i
            for i in range(start + 2, len(rows))
            if len(rows[i]) != width or set(rows[i][0]) == {"-"}
        ),
        len(rows),
    )
    return [rows[start], *rows[start + 2 : end]]


def number(cell):
    """Return the number in a cell such as `1,368`, or None for an empty one."""
    digits = re.sub(r"[^\d.]", "", cell)
    return float(digits) if digits else None


def bars(rows, columns):
    """Return an SVG with one group of bars per row, as long as the values relative to the largest.

    Args:
        rows: Cells of a table, header first; the first column labels the groups.
        columns: Names of up to three columns with numbers.
    """
    header, *body = rows
    places = [header.index(column) for column in columns]
    group = LINE + len(columns) * (BAR + 1) + 8
    parts = [f'<svg class="bars" viewBox="0 0 {WIDTH} {LINE + group * len(body)}" role="img">']
    x = 0
    for kind, column in zip(CLASSES, columns):
        parts.append(f'<rect class="{kind}" x="{x}" y="2" width="12" height="12"/>')
        parts.append(f'<text x="{x + 17}" y="12">{html.escape(column)}</text>')
        x += 30 + 7 * len(column)
    for r, row in enumerate(body):
        top = LINE + r * group
        parts.append(f'<text x="0" y="{top + 14}">{html.escape(row[0].replace("`", ""))}</text>')
        values = [number(row[place]) for place in places]
        largest = max(filter(None, values))
        for i, (kind, place, value) in enumerate(zip(CLASSES, places, values)):
            if value is None:
                continue
            y, width = top + LINE + i * (BAR + 1), max(2, round((WIDTH - 80) * value / largest))
            parts.append(
                f'<rect class="{kind}" x="0" y="{y}" width="{width}" height="{BAR}"/>'
                f'<text x="{width + 5}" y="{y + 11}">{row[place]}</text>'
            )
    return "".join([*parts, "</svg>"])
