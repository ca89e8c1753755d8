"""Whether a user's class defines a method anew."""

import tfk
from tfk.utils.overrides import is_overridden


class Base:
    def call(self):
        return 1

    @classmethod
    def make(cls):
        return cls()


class Derived(Base):
    def call(self):
        return 2


class Further(Derived):
    pass


def test_the_class_that_introduced_a_method_is_compared_with():
    assert not is_overridden(Base(), "call") and not is_overridden(Base, "call")
    assert is_overridden(Further(), "call") and is_overridden(Further, "call")
    assert not is_overridden(Further(), "make") and not is_overridden(Further, "make")


def test_a_base_class_may_be_named():
    assert not is_overridden(Further, "call", Derived)
    assert is_overridden(Further, "call", Base)


def test_a_method_of_one_object_counts_for_it_alone():
    item = Further()
    item.make = lambda: None
    assert is_overridden(item, "make") and not is_overridden(type(item), "make")


def test_default_steps_are_those_of_the_model():
    names = ("train_step", "test_step", "predict_step", "compute_loss", "make_train_function")

    class Own(tfk.Model):
        def train_step(self, data):
            return {"loss": 0.0}

    assert [is_overridden(tfk.Sequential(), name) for name in names] == [False] * 5
    assert [is_overridden(Own(), name) for name in names] == [True] + [False] * 4
