"""Figures of programs that run without a display."""

import contextlib
import os
import pathlib
import warnings


@contextlib.contextmanager
def hidden_figures(folder, is_notebook):
    """Context in which matplotlib works without a display.

    `plt.show()` and the end of a cell end the open figures, as a notebook does: what is drawn next
    begins a new one.

    Args:
        folder: Where figures go as PNG files; None drops them.
        is_notebook: Whether files are numbered by cell too.

    Yields:
        A function for `run_cells`, to be called after each cell.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError:
        yield lambda cell: None
        return
    warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
    target = pathlib.Path(folder).absolute() if folder else None
    cell, count = 1, 0

    def end_figures(*args, **kwargs):
        nonlocal count
        for number in pyplot.get_fignums() if target else ():
            target.mkdir(parents=True, exist_ok=True)
            prefix = f"cell{cell:02d}_" if is_notebook else ""
            count += 1
            pyplot.figure(number).savefig(target / f"{prefix}figure{count}.png")
        pyplot.close("all")

    def after_cell(number):
        nonlocal cell, count
        end_figures()
        cell, count = number + 1, 0

    show, pyplot.show = pyplot.show, end_figures
    try:
        yield after_cell
    finally:
        pyplot.show = show
