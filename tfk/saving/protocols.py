"""Protocols of objects that take part in saving, whatever their class.

A `Store` is what an object writes its variables into, or reads them from, by name.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

Store: TypeAlias = MutableMapping[str, np.ndarray] | Mapping[str, np.ndarray]


@runtime_checkable
class SavesVariables(Protocol):
    """An object that writes its variables into a separate group."""

    def save_own_variables(self, store: Store) -> None: ...


@runtime_checkable
class LoadsVariables(Protocol):
    """An object that sets its variables from its group."""

    def load_own_variables(self, store: Store) -> None: ...


@runtime_checkable
class ChecksVariables(Protocol):
    """An object that compares the stored shapes with its variables before any is set."""

    def saved_variables(self) -> list[Any]: ...

    def check_own_variables(self, shapes: Mapping[str, tuple[int, ...]]) -> None: ...


@runtime_checkable
class SavesAssets(Protocol):
    """An object that writes files besides its variables, such as a vocabulary."""

    def save_assets(self, dir_path: str) -> None: ...


@runtime_checkable
class LoadsAssets(Protocol):
    """An object that reads back files that `save_assets` wrote."""

    def load_assets(self, dir_path: str) -> None: ...


@runtime_checkable
class Trainable(Protocol):
    """A model, as opposed to a layer: it has an optimizer, metrics and steps."""

    def train_step(self, data) -> Any: ...


@runtime_checkable
class SavedForKeras3(Protocol):
    """An object whose variables have another layout in Keras 3."""

    def save_for_keras3(self, store: Store) -> None: ...
