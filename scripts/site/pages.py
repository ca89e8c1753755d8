"""The generated pages of the site: project files, benchmarks, gallery and API reference."""

import ast
import inspect
import json
import pathlib
import re

from scripts.site import charts, public_api

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT_FILES = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "reporting.md": "SECURITY.md",
    "changelog.md": "CHANGELOG.md",
}


def read(name):
    """Return the text of a file of the project."""
    return (ROOT / name).read_text(encoding="utf8")


def project_pages():
    """Return the files at the root of the project as pages, `{path: Markdown}`."""
    links = {name: page for page, name in PROJECT_FILES.items()}
    links["docs/"] = ""
    pattern = re.compile(rf"(?<=\]\()({'|'.join(map(re.escape, links))})")
    return {
        page: pattern.sub(lambda match: links[match[1]], read(name))
        for page, name in PROJECT_FILES.items()
    }


def benchmark_page():
    """Return the page that draws the measurements of README."""
    readme = read("README.md")
    section = readme.partition("## How fast")[2].partition("\n## ")[0]
    introduction, _, rest = section.partition("\n|")
    table, _, remarks = ("|" + rest).partition("\n\n")
    rows = charts.table_rows(table, "tfk")
    drawn = charts.bars(rows, ["tfk", "tf_keras 2.21", "hand-written TensorFlow"])
    return f"# Benchmarks\n{introduction}\n\n{drawn}\n\n{table}\n\n{remarks}"


def examples():
    """Return the scripts of `examples/`, `{name: (title, description, source)}`."""
    found = {}
    for path in sorted((ROOT / "examples").glob("*.py")):
        source = path.read_text(encoding="utf8")
        title, _, text = ast.get_docstring(ast.parse(source)).partition("\n\n")
        found[path.stem] = (" ".join(title.split()), text, source)
    return found


def gallery_pages():
    """Return a page per example and their index, `{path: Markdown}`."""
    pages, cards = {}, []
    for name, (title, text, source) in examples().items():
        heading = name.replace("_", " ").capitalize()
        image = ROOT / "docs" / "gallery" / f"{name}.png"
        picture = f"![{heading}]({name}.png)" if image.exists() else ""
        record = image.with_suffix(".json")
        results = json.loads(record.read_text(encoding="utf8")) if record.exists() else []
        reached = "".join(f"- {what}: {value:.4g}\n" for what, value in results)
        pages[f"gallery/{name}.md"] = "\n\n".join(
            [
                f"# {heading}",
                title,
                picture,
                text,
                f"## Result\n\n{reached}" if reached else "",
                f"## Source\n\n```python\n{source}```\n",
            ]
        )
        cards.append(f"-   [**{heading}**]({name}.md)\n\n    {picture}\n\n    {title}\n")
    pages["gallery/index.md"] = (
        "# Gallery\n\nEvery example with the result of a run at its default settings. "
        "`make gallery` runs them all.\n\n"
        '<div class="grid cards" markdown>\n\n' + "\n".join(cards) + "\n</div>\n"
    )
    return pages


def reference_path(module):
    """Return the path of the page of a public module."""
    return "/".join(["reference", *module.split(".")[1:], "index.md"])


def class_path(entry):
    """Return the path of the page of a class."""
    return reference_path(entry.namespace).replace("index.md", f"{entry.value.__name__}.md")


def directive(entry, level):
    """Return the Markdown that makes mkdocstrings describe a class or function."""
    members = json.dumps(entry.members) if entry.members else "false"
    also = ", ".join(f"`{path}`" for path in entry.paths[1:])
    return (
        f"::: {entry.source}\n    options:\n      heading: {entry.path}\n"
        f"      toc_label: {entry.path.rpartition('.')[2]}\n"
        f"      heading_level: {level}\n      members: {members}\n\n"
        + (f"Also available as {also}.\n\n" if also else "")
    )


def name_table(title, entries):
    """Return a table of names, linked to their descriptions, and first sentences."""
    if not entries:
        return ""
    rows = "".join(
        f"| [`{entry.path.rpartition('.')[2]}`][{entry.source}] | {entry.summary} |\n"
        for entry in entries
    )
    return f"## {title}\n\n| Name | |\n|---|---|\n{rows}\n"


def module_page(path, module, own, published):
    """Return the page of a public module.

    Args:
        path: Its full name.
        module: The module.
        own: Entries that are described in it.
        published: All entries that have a name in it.
    """
    classes = [entry for entry in published if inspect.isclass(entry.value)]
    functions = [entry for entry in published if not inspect.isclass(entry.value)]
    described = [entry for entry in functions if entry in own]
    return "\n".join(
        [
            f"# {path}\n\n{(module.__doc__ or '').strip()}\n",
            name_table("Classes", classes),
            name_table("Functions", functions),
            *(directive(entry, 2) for entry in described),
        ]
    )


def reference():
    """Return the pages of the API reference, `{path: Markdown}`, and their navigation."""
    entries, modules = public_api.entries(), public_api.modules()
    pages, navigation = {}, ["reference/index.md"]
    for path, module in modules.items():
        own = [entry for entry in entries if entry.namespace == path]
        published = [
            entry
            for entry in entries
            if any(name.rpartition(".")[0] == path for name in entry.paths)
        ]
        page = reference_path(path)
        pages[page] = module_page(path, module, own, published)
        listed = [page]
        for entry in own:
            if inspect.isclass(entry.value):
                name = entry.path.rpartition(".")[2]
                pages[class_path(entry)] = f"---\ntitle: {name}\n---\n\n{directive(entry, 1)}"
                listed.append({name: class_path(entry)})
        if path != "tfk":
            navigation.append({path.removeprefix("tfk."): listed})
    submodules = "".join(
        f"| [`{path}`]({reference_path(path).removeprefix('reference/')}) "
        f"| {' '.join((module.__doc__ or '').partition(chr(10) * 2)[0].split())} |\n"
        for path, module in modules.items()
        if path != "tfk"
    )
    start = reference_path("tfk")
    title, _, names = pages[start].partition("## Classes")
    pages[start] = f"{title}## Modules\n\n| Module | |\n|---|---|\n{submodules}\n## Classes{names}"
    return pages, navigation


def links():
    """Return where public names are described, `{name: (page, anchor)}`.

    A name may be written in full, without `tfk`, or alone where only one object has it.
    """
    found, short = {}, {}
    for entry in public_api.entries():
        is_class = inspect.isclass(entry.value)
        page = class_path(entry) if is_class else reference_path(entry.namespace)
        targets = {"": (page, entry.source)}
        targets |= {f".{name}": (page, f"{entry.source}.{name}") for name in entry.members}
        for path in entry.paths:
            for suffix, target in targets.items():
                found[path + suffix] = found[(path + suffix).removeprefix("tfk.")] = target
        if is_class:
            for suffix, target in targets.items():
                short.setdefault(entry.value.__name__ + suffix, set()).add(target)
    alone = {name: targets.pop() for name, targets in short.items() if len(targets) == 1}
    return alone | found
