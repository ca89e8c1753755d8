"""Measures the readability of a source tree: sizes, state, private names, the way of `x`.

    python scripts/measure_structure.py                     # this tree
    python scripts/measure_structure.py --before ../before  # beside another one (git worktree)

Sizes come from syntax trees. The journey is run: a small model is trained under a profiler, and the
functions that are on the stack at the stations named in `STATIONS` are what a reader has to open.
"""

import argparse
import ast
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tokenize

ROOT = pathlib.Path(__file__).resolve().parent.parent
INTERNALS = ROOT / "tfk" / "utils" / "tensorflow_internals.py"
CLASSES = (
    "Layer", "Model", "Sequential", "Dense", "RNN", "LSTM", "BatchNormalization", "IndexLookup",
    "Optimizer", "Adam", "Metric",
)  # fmt: skip
# Where x, or what becomes of it, has to pass; a station may have several names.
STATIONS = (
    "Rows.pick",
    "Dense.call",
    "mean_squared_error",
    "fused_adam|Adam._call_kernel",
    "History.on_epoch_end",
)
JOURNEY = """
import json, sys
import numpy as np, tfk
stations, root = [set(names.split("|")) for names in sys.argv[1:]], tfk.__path__[0]
model = tfk.Sequential([tfk.layers.Dense(4, activation="relu"), tfk.layers.Dense(1)])
model.compile("adam", "mse")
stack, order, passed = [], [], set()

def profile(frame, event, argument):
    code = frame.f_code
    if not code.co_filename.startswith(root):
        return
    if event == "call":
        entry = [code, False]
        stack.append(entry)
        order.append(entry)
        if any(code.co_qualname in names for names in stations):
            passed.add(code.co_qualname)
            for each in stack:
                each[1] = True
    elif event == "return" and stack and stack[-1][0] is code:
        stack.pop()

sys.setprofile(profile)
model.fit(np.ones((40, 3), "float32"), np.ones((40, 1), "float32"), epochs=2, verbose=0)
sys.setprofile(None)
chosen = dict.fromkeys(
    (code.co_filename[len(root) + 1:], code.co_qualname, code.co_firstlineno)
    for code, selected in order if selected
)
run = {(code.co_filename, code.co_qualname) for code, _ in order}
print(json.dumps({
    "functions": list(chosen),
    "all": [len(run), len({file for file, _ in run})],
    "missed": ["|".join(n) for n in stations if not n & passed],
}))
"""


class Tree:
    """The package and the tests below a folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.files = sorted((self.folder / "tfk").rglob("*.py"))
        self.tests = sorted((self.folder / "tests").rglob("*.py"))
        self.lines = {path: path.read_text("utf8").splitlines() for path in self.files + self.tests}
        self.trees = {path: ast.parse("\n".join(self.lines[path])) for path in self.files}

    def nodes(self, *kinds, below=""):
        for path in self.files:
            if path.relative_to(self.folder / "tfk").as_posix().startswith(below):
                for node in ast.walk(self.trees[path]):
                    if isinstance(node, kinds):
                        yield path, node

    def count_lines(self, below=""):
        names = (path.relative_to(self.folder / "tfk").as_posix() for path in self.files)
        return sum(
            len(self.lines[path]) for path, name in zip(self.files, names) if name.startswith(below)
        )


def spread(values):
    """Median, 90th percentile and maximum."""
    values = sorted(values)
    return f"{statistics.median(values):g} / {values[int(0.9 * (len(values) - 1))]} / {values[-1]}"


def percent(part, whole, digits=0):
    return f"{100 * part / whole:.{digits}f} %"


def sizes(tree):
    """Rows about files, functions and lines."""
    counts = [len(tree.lines[path]) for path in tree.files]
    functions = [node for _, node in tree.nodes(ast.FunctionDef, ast.AsyncFunctionDef)]
    named = [
        node for node in functions if not node.name.startswith("__") or node.name == "__init__"
    ]
    total = sum(counts)
    documented = [
        node for _, node in tree.nodes(ast.FunctionDef, ast.ClassDef)
        if not node.name.startswith("_")
    ]  # fmt: skip
    raises = [node for _, node in tree.nodes(ast.Raise) if isinstance(node.exc, ast.Call)]
    hinted = [
        f for f in named
        if f.returns is not None or any(a.annotation for a in f.args.args + f.args.kwonlyargs)
    ]  # fmt: skip
    tests = [len(tree.lines[path]) for path in tree.tests]
    return {
        "source files / lines": f"{len(counts)} / {total:,}",
        "lines of a file: median / p90 / max": spread(counts),
        "files of 50 lines or less": percent(sum(n <= 50 for n in counts), len(counts)),
        "lines of a function: median / p90 / max": spread(
            [f.end_lineno - f.lineno + 1 for f in functions]
        ),
        "docstring lines": percent(sum(map(docstring_lines, tree.trees.values())), total),
        "comment lines": percent(sum(map(comment_lines, tree.files)), total, 1),
        "public names with a docstring": percent(
            sum(ast.get_docstring(node) is not None for node in documented), len(documented)
        ),
        "functions with type hints": percent(len(hinted), len(named)),
        "raises with a formatted message": percent(
            sum(any(isinstance(n, ast.JoinedStr) for n in ast.walk(r.exc)) for r in raises),
            len(raises),
        ),
        "assert / TODO": f"{sum(1 for _ in tree.nodes(ast.Assert))} / "
        f"{sum('TODO' in line for path in tree.files for line in tree.lines[path])}",
        "lines over 100 columns": str(
            sum(len(line) > 100 for path in tree.files for line in tree.lines[path])
        ),
        "test lines per source line": f"{sum(tests) / total:.2f}",
        "lines of a test file: median / max": f"{statistics.median(tests):g} / {max(tests)}",
        "sources with a test file of their name": f"{mirrored(tree)} of {len(counts)}",
    }


def docstring_lines(module):
    """Lines of all docstrings of a module."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    found = (n.body[0] for n in ast.walk(module) if isinstance(n, holders) and ast.get_docstring(n))
    return sum(node.end_lineno - node.lineno + 1 for node in found)


def comment_lines(path):
    """Lines that hold nothing but a comment."""
    with open(path, "rb") as file:
        tokens = list(tokenize.tokenize(file.readline))
    return sum(
        token.type == tokenize.COMMENT and token.line.lstrip().startswith("#") for token in tokens
    )


def mirrored(tree):
    """How many sources have `tests/<same path>/test_<name>.py`."""
    count = 0
    for path in tree.files:
        place = path.relative_to(tree.folder / "tfk")
        count += (tree.folder / "tests" / place.parent / f"test_{place.name}").is_file()
    return count


def state(tree):
    """Rows about attributes and names behind the back of readers."""
    rows = {}
    for label, below in (("", ""), (" in the engine", "engine/")):
        uses = [n for _, n in tree.nodes(ast.Attribute, below=below) if n.attr == "__dict__"]
        thousand = tree.count_lines(below) / 1000
        rows[f"`__dict__`{label}, per 1,000 lines"] = f"{len(uses)}, {len(uses) / thousand:.1f}"
        asked = called(tree, ("hasattr", "getattr"), below)
        rows[f"hasattr, getattr{label}, per 1,000 lines"] = f"{asked}, {asked / thousand:.1f}"
        checked = called(tree, ("isinstance",), below)
        rows[f"isinstance{label}, per 1,000 lines"] = f"{checked}, {checked / thousand:.1f}"
    rows["attributes that exist only as strings in `__dict__`"] = str(len(string_attributes(tree)))
    places = [p for p in private_tensorflow(tree) if p[0].name != INTERNALS.name]
    rows["private names of TensorFlow outside of one file: uses / files"] = (
        f"{len(places)} / {len({path for path, _ in places})}"
    )
    rooms = [p.parent for p in tree.files if "engine" in p.parts and p.name != "__init__.py"]
    rows["files / folders of the engine"] = f"{len(rooms)} / {len(set(rooms))}"
    return rows


def called(tree, names, below):
    return sum(
        isinstance(node.func, ast.Name) and node.func.id in names
        for _, node in tree.nodes(ast.Call, below=below)
    )


def is_private(name):
    return isinstance(name, str) and name.startswith("_") and not name.startswith("__")


def string_attributes(tree):
    """Names written as `x.__dict__["_name"]` or `attributes["_name"]` and nowhere declared."""
    written, declared = set(), set()
    for _, node in tree.nodes(ast.Subscript, ast.Attribute, ast.ClassDef):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            holder = node.value
            name = getattr(holder, "attr", getattr(holder, "id", ""))
            if name in ("__dict__", "attributes") and is_private(node.slice.value):
                written.add(node.slice.value)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            declared.add(node.attr)
        elif isinstance(node, ast.ClassDef):
            for item in node.body:
                targets = getattr(item, "targets", [getattr(item, "target", None)])
                declared |= {target.id for target in targets if isinstance(target, ast.Name)}
    return written - declared


def private_names():
    """The private names of TensorFlow that this tree uses, by the table of its one file for them.

    Without those that also mean something else here, such as `_name`.
    """
    texts = [n.value for n in ast.walk(ast.parse(INTERNALS.read_text("utf8"))) if is_name(n)]
    found = {part for text in texts for part in text.split(".") if is_private(part)}
    return found - {"_name", "_shape", "_strategy", "_type_spec", "_v", "_values"}


def is_name(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value


def is_super(node):
    """Whether a node is `super().name`."""
    base = getattr(node, "value", None)
    return isinstance(base, ast.Call) and getattr(base.func, "id", None) == "super"


def private_tensorflow(tree):
    """`(path, line)` of each place that mentions `tf.__internal__`, a private name of TensorFlow,
    or a module inside of it; methods that override private ones may call them.
    """
    names, found = private_names(), []
    overrides = {id(n.func) for _, n in tree.nodes(ast.Call) if is_super(n.func)}
    hidden = overrides | {id(v) for _, n in tree.nodes(ast.JoinedStr) for v in n.values}
    for path, node in tree.nodes(ast.Attribute, ast.ImportFrom, ast.Constant):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.ImportFrom):
            private = (node.module or "").startswith("tensorflow.")
        elif isinstance(node, ast.Constant):
            private = node.value in names if isinstance(node.value, str) else False
        else:
            private = node.attr == "__internal__" or node.attr in names
        if private:
            found.append((path, node.lineno))
    return found


def classes(tree):
    """Rows about well-known classes: code lines and methods, alone and with their bases."""
    nodes = {}
    for path, node in tree.nodes(ast.ClassDef):
        if "legacy" not in path.name and "experimental" not in path.parts:
            nodes.setdefault(node.name, (path, node))
    rows = {}
    for name in CLASSES:
        chain = bases(name, nodes)
        alone, whole = (
            [code_lines(tree, *nodes[name])],
            [code_lines(tree, *nodes[n]) for n in chain],
        )
        methods = {
            item.name
            for n in chain
            for item in nodes[n][1].body
            if isinstance(item, ast.FunctionDef)
        }
        rows[f"`{name}`: code lines, with its {len(chain) - 1} bases, methods"] = (
            f"{alone[0]} / {sum(whole)} / {len(methods)}"
        )
    return rows


def bases(name, nodes):
    """A class and the classes of the package above it."""
    found = [name]
    for base in nodes[name][1].bases:
        base_name = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
        if base_name in nodes and base_name not in found:
            found += [each for each in bases(base_name, nodes) if each not in found]
    return found


def code_lines(tree, path, node):
    """Lines of a class or function without blank ones, comments and docstrings."""
    hidden = set()
    for inner in ast.walk(node):
        if isinstance(inner, (ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(inner):
            hidden.update(range(inner.body[0].lineno, inner.body[0].end_lineno + 1))
    return sum(
        number not in hidden
        and tree.lines[path][number - 1].strip() != ""
        and not tree.lines[path][number - 1].lstrip().startswith("#")
        for number in range(node.lineno, node.end_lineno + 1)
    )


def first_line(function):
    """The line where Python says that a function begins: that of its first decorator."""
    return min([function.lineno, *(node.lineno for node in function.decorator_list)])


def journey(tree):
    """Rows about the way of `x` from `fit` to the update of the variables and the history."""
    done = subprocess.run(
        [sys.executable, "-c", JOURNEY, *STATIONS],
        cwd=tree.folder,
        env={**os.environ, "PYTHONPATH": str(tree.folder), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=True,
    )
    run = json.loads(done.stdout.splitlines()[-1])
    if run["missed"]:
        raise SystemExit(f"{tree.folder}: fit does not pass {run['missed']}")
    files = [file for file, _, _ in run["functions"]]
    moves = [b for a, b in zip(files, files[1:]) if a != b]
    seen, returns = {files[0]}, 0
    for file in moves:
        returns += file in seen
        seen.add(file)
    lines = 0
    for file, _, first in run["functions"]:
        path = tree.folder / "tfk" / file
        for node in ast.walk(tree.trees[path]):
            if isinstance(node, ast.FunctionDef) and first_line(node) == first:
                lines += code_lines(tree, path, node)
    return {
        "way of x, from fit to the history: functions / files": (
            f"{len(run['functions'])} / {len(set(files))}"
        ),
        "way of x: moves between files / returns to one": f"{len(moves)} / {returns}",
        "functions / files that a first fit runs": " / ".join(map(str, run["all"])),
        "way of x: code lines of these functions": f"{lines:,}",
    }  # fmt: skip


def measure(folder):
    tree = Tree(folder)
    return {**sizes(tree), **state(tree), **classes(tree), **journey(tree)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--before", help="folder of another tree, for a column in front")
    folders = {"now": ROOT}
    before = parser.parse_args().before
    columns = {**({"before": measure(before)} if before else {}), "now": measure(folders["now"])}
    print(f"| | {' | '.join(columns)} |\n|---{'|---' * len(columns)}|")
    for label in columns["now"]:
        if not label.startswith("`") or "bases" not in label:
            print(f"| {label} | {' | '.join(c.get(label, '') for c in columns.values())} |")
    for name in CLASSES:
        found = [
            next(v for k, v in c.items() if k.startswith(f"`{name}`:")) for c in columns.values()
        ]
        print(f"| `{name}`: code lines / with its bases / methods | {' | '.join(found)} |")


if __name__ == "__main__":
    main()
