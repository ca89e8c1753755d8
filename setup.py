"""Installs tfk: `pip install .`, or `pip install -e ".[all]"` to work on it."""

import pathlib
import re

from setuptools import find_packages, setup

SOURCE = pathlib.Path(__file__).parent / "tfk" / "__init__.py"
VERSION = re.search(r'^__version__ = "(.+)"', SOURCE.read_text(encoding="utf8"), re.M).group(1)

EXTRAS = {
    "tensorboard": ["tensorboard>=2.20"],
    "plot": ["matplotlib", "pydot"],
    "docs": ["pdoc"],
    "notebooks": ["ipykernel", "matplotlib", "nbclient", "nbformat", "pandas", "scikit-learn"],
    # tf_keras is Keras 2 itself: what the tests compare with. The package never imports it.
    "test": [
        "matplotlib",
        "pandas",
        "pdoc",
        "pydot",
        "pytest",
        "pytest-xdist",
        "ruff",
        "scikit-learn",
        "scipy",
        "setuptools",
        "tensorboard",
        "tf_keras>=2.21,<2.22",
        "wheel",
    ],
}

setup(
    name="tfk",
    version=VERSION,
    description="Keras 2's API rebuilt on plain TensorFlow 2, with a compiled training loop",
    license="Apache-2.0",
    python_requires=">=3.10",
    py_modules=["tfk_cli"],
    packages=find_packages(include=["tfk", "tfk.*"]),
    package_data={"tfk.datasets": ["digits.npz", "digits_NOTICE.txt"]},
    entry_points={"console_scripts": ["tfk = tfk_cli:main"]},
    install_requires=["tensorflow>=2.21,<2.22", "absl-py", "h5py", "numpy", "pillow"],
    extras_require={**EXTRAS, "all": sorted({name for names in EXTRAS.values() for name in names})},
)
