"""The pages of documentation do what they say: their Python runs, their links lead somewhere.

A page's snippets run one after the other in an empty folder, as somebody would paste them. A
comment `<!-- not run: reason -->` before a snippet excuses it.
"""

import ast
import pathlib
import re

import pytest

import tfk

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SNIPPET = re.compile(
    r"(?P<excuse><!-- not run: [^>]+ -->\n)?^```python\n(?P<code>.*?)^```$", re.M | re.S
)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")


def snippets(page):
    """`(line, code)` of the Python snippets of a page that are to run."""
    text = page.read_text(encoding="utf8")
    for match in SNIPPET.finditer(text):
        if not match["excuse"]:
            yield text[: match.start("code")].count("\n"), match["code"]


def names(pages):
    return [page.stem for page in pages]


WITH_CODE = [page for page in PAGES if any(snippets(page))]


@pytest.mark.parametrize("page", WITH_CODE, ids=names(WITH_CODE))
@pytest.mark.filterwarnings("ignore:A lambda is being serialized")  # a page shows it
def test_python_runs(page, tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    request.addfinalizer(tfk.uninstall)  # the page on migration installs
    namespace = {"__name__": "__main__"}
    for line, code in snippets(page):
        tree = ast.increment_lineno(
            ast.parse(code), line
        )  # so that tracebacks name lines of the page
        exec(compile(tree, str(page), "exec"), namespace)


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_lead_to_files(page):
    missing = [
        link
        for link in LINK.findall(page.read_text(encoding="utf8"))
        if not (page.parent / link).exists()
    ]
    assert not missing
