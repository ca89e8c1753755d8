"""Writes the API reference, one HTML page for each published module, from the docstrings: make
reference.
"""

import argparse
import importlib
import inspect
import pathlib
import re

import pdoc

import tfk
from tfk.compat.paths import PUBLISHED

# Published by tfk alone, beside what Keras 2 publishes.
OWN = {"config", "pruning", "quantization"}
# `Args:`, `Input shape:`, `Raises:` ... start new paragraphs.
SECTION = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)?):(?= |$)", re.M)
ARGUMENT = re.compile(r"^ {4}(?=[*\w][\w, *]*: )", re.M)


def published_modules():
    """The modules to document, `{full name: module}`."""
    found = {"tfk": tfk}
    for path in sorted(PUBLISHED | OWN):
        try:
            found[f"tfk.{path}"] = importlib.import_module(f"tfk.{path}")
        except ModuleNotFoundError:  # a path of Keras 2 that only `install()` answers for
            continue
    return found


def public_names(module):
    """What a user may take from a module: no private names, no modules."""
    names = (name for name in dir(module) if not name.startswith("_"))
    return [name for name in names if not inspect.ismodule(getattr(module, name))]


def as_markdown(docstring):
    """Our docstrings in Markdown: sections in bold, arguments as a list, examples as code."""
    text, _, example = docstring.partition("\n>>> ")
    text = SECTION.sub(r"\n**\1.**", text)
    text = text.replace("**Args.**\n", "**Args.**\n\n")
    text = ARGUMENT.sub("- ", text)
    return f"{text}\n\n```python\n>>> {example}\n```\n" if example else text


def prepare(page):
    """Turns the docstrings of a module or class, and of what it holds, into Markdown, in place."""
    page.docstring = as_markdown(page.docstring)
    for member in getattr(page, "own_members", ()):
        prepare(member)


def write(folder):
    """Writes the pages and returns how many there are."""
    modules = published_modules()
    for module in modules.values():
        module.__all__ = public_names(module)
    pages = {name: pdoc.doc.Module(module) for name, module in modules.items()}
    for page in pages.values():
        prepare(page)
    pdoc.render.configure(docformat="markdown", show_source=False)
    for name, page in pages.items():
        path = folder / f"{name.replace('.', '/')}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pdoc.render.html_module(page, pages), encoding="utf8")
    (folder / "index.html").write_text(pdoc.render.html_index(pages), encoding="utf8")
    return len(pages)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--output", default="out/reference", type=pathlib.Path, help="folder to write to"
    )
    folder = parser.parse_args().output
    print(f"{write(folder)} modules: {folder}/index.html")
