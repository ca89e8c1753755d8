"""Reads the package's source: who may import whom, and what may not be used at all."""

import ast
import functools
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "tfk").rglob("*.py"))

# Low to high: a file imports from its own level's folder, or from lower levels.
LEVELS = (
    ("typing",),
    ("config",),
    ("utils",),
    ("saving",),
    ("initializers", "activations", "regularizers", "constraints", "mixed_precision"),
    ("losses",),
    ("metrics",),
    ("optimizers", "callbacks"),
    ("engine",),
    ("layers",),
    ("applications",),
)
LEVEL_OF = {part: level for level, parts in enumerate(LEVELS) for part in parts}
TOP = len(LEVELS)  # models, export, backend, __init__ and whatever else stands at the top
# The rooms of the engine: a file of one room imports from the rooms named here alone.
ENGINE_ROOMS = {
    "layer": (),
    "graph": ("layer",),
    "data": (),
    "training": ("layer", "data"),
    "model": ("layer", "graph", "data", "training"),
}
ONLY_BASICS = ("datasets", "preprocessing")  # these only use config, typing and utils

# Keras itself, and what is gone in TensorFlow 2.
FORBIDDEN_PACKAGES = ("keras", "tf_keras")
FORBIDDEN_ATTRIBUTES = (
    "tf.keras",
    "tf.losses",
    "tf.metrics",
    "tf.optimizers",
    "tf.initializers",
    "tf.compat.v1",
)
# Slow or optional: imported where they are needed. Everything else stands at the top of a file.
# (TensorFlow itself is imported in a function once, under settings that are put back.)
LATE_IMPORTS = ("IPython", "PIL", "h5py", "matplotlib", "pandas", "pydot", "scipy", "tensorflow")

# Ways in which data could become code, and the one place that may use each, for the reason it
# states.
CODE_FROM_DATA_MODULES = (
    "cloudpickle",
    "dill",
    "importlib",
    "marshal",
    "pickle",
    "runpy",
    "shelve",
    "yaml",
)
CODE_FROM_DATA_CALLS = ("__import__", "compile", "eval", "exec", "import_module")
MAY_USE = {
    "__init__.py": {
        "importlib",
        "importlib.import_module",
    },  # parts of the package, by names in a table
    "install.py": {
        "importlib",
        "importlib.import_module",
    },  # parts of the package under Keras's names
    "compat/aliases.py": {"importlib", "importlib.import_module"},
    "compat/paths.py": {"importlib"},  # looks which modules there are
    "cli/program.py": {"importlib", "compile", "exec"},  # the program that the user asks to run
    "cli/doctor.py": {"importlib"},  # looks which packages are installed
    "utils/bytecode.py": {"marshal"},  # lambdas, for callers that pass safe_mode=False
    "utils/worker_pool.py": {"pickle"},  # objects on their way to our own worker processes
    "utils/worker_process.py": {"runpy"},  # our own worker_main.py, by its path
    "utils/worker_main.py": {"pickle"},
    "datasets/pickled_arrays.py": {"pickle"},  # an unpickler that admits arrays and lists alone
}


def name_of(path):
    return path.relative_to(ROOT / "tfk").as_posix()


@functools.cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf8"))


def imported_modules(path, nodes=None):
    """The modules that import statements name, `from tfk.a import b` as `tfk.a.b` if that is a
    module; without imports that only type checkers see.
    """
    hidden = {
        id(node)
        for block in ast.walk(tree_of(path))
        if isinstance(block, ast.If) and dotted(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree_of(path)) if nodes is None else nodes:
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: imports are written in full"
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield below if module_path(below) else node.module


def module_path(module):
    """The file of a module of this package, or None."""
    base = ROOT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def part_of(path):
    """The folder or top-level file that a source belongs to."""
    return path.relative_to(ROOT / "tfk").parts[0].removesuffix(".py")


def dotted(node):
    """`a.b.c` for a chain of attributes, else an empty string."""
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return node.id if isinstance(node, ast.Name) else ""


def may_import(part, other):
    if part in ONLY_BASICS:
        return other in ("config", "typing", "utils")
    own = LEVEL_OF.get(part, TOP)
    return own == TOP or LEVEL_OF.get(other, TOP) < own


def offences(find):
    """`{file: what find(path) returned}` for the files where that is not empty."""
    found = {name_of(path): sorted(find(path)) for path in SOURCES}
    return {name: items for name, items in found.items() if items}


def engine_room(path):
    """The room of the engine that a source belongs to, or None."""
    parts = path.relative_to(ROOT / "tfk").parts
    return parts[1] if parts[0] == "engine" and len(parts) == 3 else None


def test_rooms_of_the_engine_import_lower_rooms_only():
    def upward(path):
        room = engine_room(path)
        for module in imported_modules(path) if room else ():
            other = engine_room(module_path(module)) if module.startswith("tfk.engine") else None
            if other not in (None, room, *ENGINE_ROOMS[room]):
                yield module

    assert {engine_room(path) for path in SOURCES} == {None, *ENGINE_ROOMS}
    assert offences(upward) == {}


def test_imports_point_downwards():
    def upward(path):
        for module in imported_modules(path):
            source = module_path(module) if module.split(".")[0] == "tfk" else None
            if source is not None and part_of(source) != part_of(path):
                if not may_import(part_of(path), part_of(source)):
                    yield module

    assert not offences(upward)


def test_imports_have_no_cycles():
    edges = {
        path: {
            module_path(module)
            for module in imported_modules(path)
            if module.split(".")[0] == "tfk"
        }
        for path in SOURCES
    }
    done, trail = set(), []

    def visit(path):
        if path in trail:
            cycle = [name_of(step) for step in [*trail[trail.index(path) :], path]]
            pytest.fail("imports in a circle: " + " -> ".join(cycle))
        if path in done or path is None:
            return
        trail.append(path)
        for target in sorted(edges[path] - {None, path}):
            visit(target)
        done.add(trail.pop())

    for path in SOURCES:
        visit(path)


def test_keras_is_not_used():
    def used(path):
        if path == ROOT / "tfk" / "compat" / "old_files" / "backend.py":
            return  # it offers the sessions of TensorFlow 1
        imported = set(imported_modules(path))
        yield from (name for name in imported if name.split(".")[0] in FORBIDDEN_PACKAGES)
        names = imported | {dotted(node) for node in ast.walk(tree_of(path))}
        yield from (
            name
            for name in names
            if name.replace("tensorflow.", "tf.", 1).startswith(FORBIDDEN_ATTRIBUTES)
        )

    assert not offences(used)


def test_imports_stand_at_the_top():
    def late(path):
        functions = [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef)]
        inside = [node for function in functions for node in ast.walk(function)]
        return {module.split(".")[0] for module in imported_modules(path, inside)} - set(
            LATE_IMPORTS
        )

    assert not offences(late)


def test_data_never_becomes_code():
    def used(path):
        names = {module.split(".")[0] for module in imported_modules(path)} & set(
            CODE_FROM_DATA_MODULES
        )
        # re.compile and model.compile only share a name with the built-in function.
        calls = {
            dotted(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)
        }
        names |= {
            call
            for call in calls
            if call in CODE_FROM_DATA_CALLS or call.endswith(".import_module")
        }
        return names - MAY_USE.get(name_of(path), set())

    assert not offences(used)


# The namespace of a notebook's cells.
MAY_TOUCH_NAMESPACES = {"cli/program.py"}


def test_attributes_are_declared_instead_of_stored_as_strings():
    def uses(path):
        if name_of(path) in MAY_TOUCH_NAMESPACES:
            return
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr == "__dict__":
                yield f"line {node.lineno}: {dotted(node)}"

    assert not offences(uses)


INTERNALS = "utils/tensorflow_internals.py"
# Private names that are documented: those of the standard library, and methods that optimizers of
# users define as Keras before 2.11 wanted them.
DOCUMENTED = {"_asdict", "_exit", "_fields", "_getframe", "_make", "_replace"}
DOCUMENTED |= {"_resource_apply_dense", "_resource_apply_sparse"}


@functools.cache
def own_private_names():
    """All names with one underscore in front that the package itself gives to something."""
    found = set()
    for path in SOURCES:
        if name_of(path) == INTERNALS:
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, (ast.Attribute, ast.Name, ast.Subscript)):
                if isinstance(node.ctx, ast.Store):
                    found.add(getattr(node, "attr", None) or getattr(node, "id", None))
                    found.add(constant(getattr(node, "slice", None)))
            elif isinstance(node, ast.keyword):
                found.add(node.arg)  # of dict(_name=...)
            elif isinstance(node, ast.Call) and dotted(node.func).endswith(".setdefault"):
                found.add(constant(node.args[0]))
    return {name for name in found if name and is_private(name)}


def constant(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def test_private_names_of_tensorflow_stand_in_one_file():
    def foreign(path):
        if name_of(path) == INTERNALS:
            return
        for module in imported_modules(path):
            if module.startswith("tensorflow."):
                yield module
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute):
                name = node.attr
            elif isinstance(node, ast.Call) and dotted(node.func) in ("getattr", "hasattr"):
                name = constant(node.args[1]) or ""
            else:
                continue
            if name == "__internal__" or is_private(name) and name not in known:
                yield f"line {node.lineno}: {name}"

    known = own_private_names() | DOCUMENTED
    assert not offences(foreign)


def test_a_private_name_of_tensorflow_is_found():
    known = own_private_names()
    assert "_members" in known and "_trackable_children" in known  # defined, also overridden
    assert not {"_inference_function", "_handle_name", "_no_dependency", "_v"} & known
