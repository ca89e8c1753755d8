"""Public docstrings are complete: arguments with their defaults, shapes, errors, sources, examples.

The source is parsed; nothing is imported.
"""

import ast
import functools
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The published modules.
NAMESPACES = (
    "activations",
    "applications",
    "callbacks",
    "config",
    "constraints",
    "export",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "optimizers",
    "optimizers.schedules",
    "preprocessing.image",
    "preprocessing.sequence",
    "preprocessing.text",
    "pruning",
    "quantization",
    "regularizers",
    "saving",
    "utils",
)
SHAPED = ("layers", "losses", "metrics")  # their classes state input and output shapes
# Classes whose public methods describe their arguments as well.
BASE_CLASSES = (
    "tfk.callbacks.callback.Callback",
    "tfk.engine.layer.layer.Layer",
    "tfk.engine.layer.losses._LossesMixin",
    "tfk.engine.layer.tracking._TrackingMixin",
    "tfk.engine.layer.weights._WeightsMixin",
    "tfk.engine.model.model.Model",
    "tfk.engine.model.sequential.Sequential",
    "tfk.engine.model.serialization._SaveableMixin",
    "tfk.engine.training.trainer.Trainer",
    "tfk.losses.loss.Loss",
    "tfk.metrics.metric.Metric",
    "tfk.optimizers.optimizer.Optimizer",
)
ENTRY = re.compile(r"^ {4}(\*{0,2}\w+(?:, \*{0,2}\w+)*): (.*(?:\n {8}.*)*)", re.M)
SECTION = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)?):(?= |$)", re.M)
UNNAMED = {"self", "cls", "args", "kwargs"}


def module_path(module):
    """The file of a module of this package, or None."""
    base = ROOT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@functools.cache
def tree_of(module):
    return ast.parse(module_path(module).read_text(encoding="utf8"))


@functools.cache
def names_in(module):
    """`{name: (module, node)}` of the classes and functions that a module defines or imports."""
    found = {}
    for node in tree_of(module).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found[node.name] = (module, node)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tfk"):
            for alias in node.names:
                if module_path(node.module) and not module_path(f"{node.module}.{alias.name}"):
                    if source := names_in(node.module).get(alias.name):
                        found[alias.asname or alias.name] = source
    return found


def public(namespace):
    """The public classes and functions of a module, pairs of module and node, each once."""
    module = f"tfk.{namespace}"
    names = [name for name in names_in(module) if not name.startswith("_")]
    for node in tree_of(module).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
    is_package = module_path(module).name == "__init__.py"
    found = {names_in(module)[name]: None for name in names if name in names_in(module)}
    return [(where, node) for where, node in found if is_package or where == module]


def method(module, node, name):
    """`(module, node)` of a method of a class, its own or inherited; None if there is none."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == name:
            return module, item
    for base in node.bases:
        source = names_in(module).get(ast.unparse(base))
        found = source and method(*source, name)
        if found:
            return found
    return None


def arguments(function):
    """`{name: default}` of a function's arguments; the default is a node or None."""
    spec = function.args
    positional = [*spec.posonlyargs, *spec.args]
    defaults = [None] * (len(positional) - len(spec.defaults)) + spec.defaults
    pairs = [*zip(positional, defaults), *zip(spec.kwonlyargs, spec.kw_defaults)]
    return {
        argument.arg: default
        for argument, default in pairs
        if argument.arg not in UNNAMED and not argument.arg.startswith("_")
    }


def entries(text):
    """`{argument: its description}` of a docstring."""
    described = {}
    for names, description in ENTRY.findall(text):
        for name in names.split(", "):
            described.setdefault(name.lstrip("*"), description)
    return described


def undescribed(function, text):
    """The arguments that a docstring leaves out, or whose default it does not state."""
    described = entries(text)
    for name, default in arguments(function).items():
        if name not in described:
            yield name
        elif default is not None and "efault" not in described[name]:
            yield f"default of {name}"


def raises(node):
    """Whether a function raises errors other than `NotImplementedError`."""
    raised = [item.exc for item in ast.walk(node) if isinstance(item, ast.Raise) and item.exc]
    return any("NotImplemented" not in ast.unparse(exception) for exception in raised)


def completed(node):
    """Whether a decorator adds the arguments to the docstring, from the table of applications."""
    return any(ast.unparse(decorator) == "documented" for decorator in node.decorator_list)


def application_arguments():
    """The arguments that the table of applications describes."""
    for node in tree_of("tfk.applications.variants").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ARGUMENTS":
            return set(ast.literal_eval(node.value))
    raise AssertionError("tfk.applications.variants has no table ARGUMENTS")


def missing(module, node, shaped):
    """What the docstring of a public class or function lacks."""
    text = ast.get_docstring(node) or ""
    if not text:
        return ["docstring"]
    if completed(node):
        return [name for name in arguments(node) if name not in application_arguments()]
    sections = set(SECTION.findall(text))
    lacks = []
    constructor = (module, node)
    if isinstance(node, ast.ClassDef):
        constructor = method(module, node, "__init__")
        if shaped and any(method(module, node, name) for name in ("call", "update_state")):
            lacks += sorted({"Input shape", "Output shape"} - sections)
        where, call = method(module, node, "call") or (None, None)
        if call and where != "tfk.engine.layer.layer":
            both = f"{text}\n{ast.get_docstring(call) or ''}"
            lacks += [name for name in undescribed(call, both) if name.split()[-1] != "inputs"]
    # What `Layer.__init__` takes is described there.
    if constructor and (constructor[1] in node.body or constructor[1] is node):
        lacks += undescribed(constructor[1], text)
        if raises(constructor[1]) and "Raises" not in sections:
            lacks.append("Raises")
    if ">>> " not in text:
        lacks.append("example")
    return lacks


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_docstrings_are_complete(namespace):
    found = {
        f"{module}.{node.name}": lacks
        for module, node in public(namespace)
        if (lacks := missing(module, node, namespace in SHAPED))
    }
    assert not found


@pytest.mark.parametrize("namespace", ["losses", "metrics", "optimizers", "optimizers.schedules"])
def test_formula_or_source_is_stated(namespace):
    found = [
        f"{module}.{node.name}"
        for module, node in public(namespace)
        if isinstance(node, ast.ClassDef)
        and node.name not in ("Reduction", "Metric", "Optimizer", "LearningRateSchedule")
        and not re.search(r"`|^Source: ", ast.get_docstring(node) or "", re.M)
    ]
    assert not found


@pytest.mark.parametrize("path", BASE_CLASSES)
def test_methods_describe_their_arguments(path):
    module, name = path.rsplit(".", 1)
    _, node = names_in(module)[name]
    found = {}
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
            text = ast.get_docstring(item) or ""
            if "Args:" in text:
                lacks = list(undescribed(item, text))
                if lacks:
                    found[item.name] = lacks
            elif len(arguments(item)) > 2:
                found[item.name] = ["Args"]
    assert not found
