"""The site of the documentation: complete navigation, no broken link, names that become links."""

import html
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

import pytest

from scripts.site import charts, pages

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r'(?:href|src)="([^"]*)"')
ANCHOR = re.compile(r'\b(?:id|name)="([^"]+)"')


def broken_links(site):
    """The local links in the pages of a built site that lead nowhere, `{(page, link)}`."""
    texts = {path: path.read_text(encoding="utf8") for path in site.rglob("*.html")}
    anchors = {path: set(map(html.unescape, ANCHOR.findall(text))) for path, text in texts.items()}
    broken = set()
    for path, text in texts.items():
        if path.name == "404.html":  # its links start at the root of the server
            continue
        for link in LINK.findall(text):
            parts = urllib.parse.urlsplit(html.unescape(link))
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / urllib.parse.unquote(parts.path)).resolve()
            target = path if not parts.path else target
            if target.is_dir():
                target /= "index.html"
            anchor = urllib.parse.unquote(parts.fragment)
            known = anchors.get(target, {anchor}) | {"", "__search"}
            if not target.exists() or anchor not in known:
                broken.add((path.relative_to(site).as_posix(), link))
    return broken


@pytest.mark.conformance
def test_site_has_no_broken_links(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    assert not broken_links(tmp_path)
    dense = (tmp_path / "reference" / "layers" / "Dense.html").read_text(encoding="utf8")
    assert "kernel_initializer" in dense and "Fully connected layer" in dense


def test_broken_links_are_found(tmp_path):
    (tmp_path / "a.html").write_text('<h1 id="top">A</h1><a href="b.html#end"></a>')
    (tmp_path / "b.html").write_text('<a href="a.html#top"></a><a href="c.html"></a>')
    assert broken_links(tmp_path) == {("a.html", "b.html#end"), ("b.html", "c.html")}


def test_every_guide_is_in_the_navigation():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf8").partition("\nnav:")[2]
    listed = set(re.findall(r"[\w/]+\.md", navigation))
    guides = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert guides <= listed


def test_names_lead_to_their_descriptions():
    links = pages.links()
    dense = ("reference/layers/Dense.md", "tfk.layers.core.dense.Dense")
    assert links["tfk.layers.Dense"] == links["layers.Dense"] == links["Dense"] == dense
    assert links["Model.fit"] == ("reference/models/Model.md", "tfk.engine.model.model.Model.fit")
    assert links["tfk.metrics.mse"] == links["tfk.losses.mean_squared_error"]
    assert "Dense.get_weights" not in links  # described with Layer
    assert "Layer.get_weights" in links


def test_benchmarks_become_bars():
    table = "| | tfk | other |\n|---|---|---|\n| `small` | 1,000 | 2,000 |\n| large | 5 | |\n"
    rows = charts.table_rows(table, "tfk")
    assert rows == [["", "tfk", "other"], ["`small`", "1,000", "2,000"], ["large", "5", ""]]
    drawing = charts.bars(rows, ["tfk", "other"])
    assert drawing.count('x="0" y=') == 5 + 1  # three bars, two labels, the first of the legend
    assert 'width="170" height="13"' in drawing and 'width="340" height="13"' in drawing
