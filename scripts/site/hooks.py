"""Hooks of MkDocs: add the generated pages, and link the names of the API wherever they stand."""

import functools
import pathlib
import re
import sys

from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from scripts.site import pages

# Code that may become a link, or a part of the page that is left as it is.
CODE = re.compile(
    r"<(a|pre|h[1-6]|svg)\b.*?</\1>|<code>(?P<name>[A-Za-z_][\w.]*)(?P<call>\(\))?</code>", re.S
)

reference = functools.cache(pages.reference)
links = functools.cache(pages.links)


def on_config(config):
    """Add the gallery and the API reference to the navigation."""
    gallery = next(section["Start"] for section in config.nav if "Start" in section)
    place = gallery.index("gallery/index.md")
    gallery[place] = {
        "Gallery": sorted(pages.gallery_pages(), key=lambda page: "index" not in page)
    }
    config.nav.append({"API reference": reference()[1]})
    return config


def on_files(files, config):
    """Add the generated pages."""
    generated = {
        **pages.project_pages(),
        **pages.gallery_pages(),
        **reference()[0],
        "benchmarks.md": pages.benchmark_page(),
    }
    for path, text in generated.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_content(html, page, config, files):
    """Link names of the API that stand as code in the text of a page."""

    def link(match):
        target = match["name"] and links().get(match["name"])
        if not target:
            return match[0]
        file = files.get_file_from_path(target[0])
        if file.url == page.url:
            return match[0]
        return f'<a href="{get_relative_url(file.url, page.url)}#{target[1]}">{match[0]}</a>'

    return CODE.sub(link, html)
