"""scripts/measure_structure.py counts a small tree right."""

import ast

from scripts import measure_structure as measuring

SOURCE = '''"""A module."""

import tensorflow as tf


class Base:
    """Above."""

    def first(self, x: int):
        # A comment.
        raise ValueError(f"{x}")


class Layer(Base):
    def second(self):
        self.__dict__["_hidden"] = 1
        self.__dict__["_shown"] = self._shown = tf.__internal__
        return getattr(self, "x", None)._handle_name
'''


def tree_in(folder):
    (folder / "tfk" / "engine").mkdir(parents=True)
    (folder / "tests" / "engine").mkdir(parents=True)
    (folder / "tfk" / "engine" / "layer.py").write_text(SOURCE)
    (folder / "tests" / "engine" / "test_layer.py").write_text("assert True\n")
    return measuring.Tree(folder)


def test_sizes(tmp_path):
    rows = measuring.sizes(tree_in(tmp_path))
    assert rows["source files / lines"] == "1 / 18"
    assert rows["docstring lines"] == "11 %" and rows["comment lines"] == "5.6 %"
    assert rows["functions with type hints"] == "50 %"
    assert rows["sources with a test file of their name"] == "1 of 1"


def test_state(tmp_path):
    tree = tree_in(tmp_path)
    rows = measuring.state(tree)
    assert rows["`__dict__`, per 1,000 lines"] == "2, 111.1"
    assert rows["hasattr, getattr in the engine, per 1,000 lines"] == "1, 55.6"
    assert measuring.string_attributes(tree) == {"_hidden"}
    assert [line for _, line in measuring.private_tensorflow(tree)] == [17, 18]


def test_classes(tmp_path):
    tree = tree_in(tmp_path)
    nodes = {node.name: (path, node) for path, node in tree.nodes(ast.ClassDef)}
    assert measuring.bases("Layer", nodes) == ["Layer", "Base"]
    assert measuring.code_lines(tree, *nodes["Layer"]) == 5
    assert measuring.code_lines(tree, *nodes["Base"]) == 3


def test_this_tree_has_private_names_of_tensorflow_in_one_file():
    names = measuring.private_names()
    assert {"_handle_name", "_rng", "_trackable_children"} <= names
