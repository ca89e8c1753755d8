"""Figures of programs that run where nobody sees a window."""

import os
import pathlib
import sys
import warnings


def figure_saver(folder, is_notebook):
    """Prepares matplotlib for running without a display.

    Args:
        folder: Where figures go as PNG files; None drops them.
        is_notebook: Whether files are numbered by cell too.

    Returns:
        A function for `run_cells`: saves and closes the figures that are open after a cell, as notebooks do.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
    target = pathlib.Path(folder).absolute() if folder else None

    def save(cell):
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums() if target else ():
            target.mkdir(parents=True, exist_ok=True)
            prefix = f"cell{cell:02d}_" if is_notebook else ""
            pyplot.figure(number).savefig(target / f"{prefix}figure{number}.png")
        pyplot.close("all")

    return save
