"""Runs examples and records what they reach, for the gallery of the site: make gallery.

For each example, `docs/gallery/NAME.json` holds the results it prints at its end, and
`docs/gallery/NAME.png` shows its last training run and the images it draws.
"""

import argparse
import functools
import json
import pathlib
import runpy
import subprocess
import sys

import matplotlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
GALLERY = ROOT / "docs" / "gallery"
MOST_CURVES = 4
MOST_IMAGES = 6


def recording(function, keep):
    """Return `function`, which also passes its result and its arguments to `keep`."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        result = function(*args, **kwargs)
        keep(result, *args)
        return result

    return call


def draw(path, history, images):
    """Save the curves of a training run and the images of an example as one PNG.

    Args:
        path: File to write.
        history: `{name: values per epoch}`; may be empty.
        images: Arrays of shape `(rows, columns)` with values in [0, 1]; may be empty.
    """
    import matplotlib.pyplot as plt

    curves = {name: values for name, values in history.items() if len(values) > 1}
    panels = bool(curves) + bool(len(images))
    if not panels:
        return
    figure = plt.figure(figsize=(4.8 * panels, 3), layout="constrained")
    halves = figure.subfigures(1, panels, squeeze=False)[0]
    if curves:
        axes = halves[0].subplots()
        for name in sorted(curves, key=lambda name: (not name.endswith("loss"), name))[
            :MOST_CURVES
        ]:
            axes.plot(range(1, len(curves[name]) + 1), curves[name], label=name)
        axes.set_xlabel("epoch")
        axes.legend(fontsize="small")
        axes.grid(alpha=0.3)
    if len(images):
        grid = halves[-1].subplots(-(-len(images) // 3), 3, squeeze=False).flat
        for axes in grid:
            axes.axis("off")
        for axes, image in zip(grid, images):
            axes.imshow(image, cmap="gray", vmin=0, vmax=1)
    figure.savefig(path, dpi=90)


def record(name):
    """Run one example in this process and write its files."""
    matplotlib.use("Agg")
    sys.path.insert(0, str(EXAMPLES))
    from support import outcome, pictures

    import tfk

    histories, drawings, results = [], [], []
    tfk.Model.fit = recording(tfk.Model.fit, lambda history, *_: histories.append(history.history))
    pictures.print_pictures = recording(
        pictures.print_pictures, lambda _, images, *__: drawings.append(images)
    )
    # Kept before the check, so that a missed target is recorded as well.
    conclude = outcome.conclude
    outcome.conclude = lambda what, value, **expected: (
        results.append([what, float(value)]),
        conclude(what, value, **expected),
    )
    sys.argv = [name]
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    longest = max(
        histories, key=lambda history: max(map(len, history.values()), default=0), default={}
    )
    draw(GALLERY / f"{name}.png", longest, drawings[-1][:MOST_IMAGES] if drawings else [])
    (GALLERY / f"{name}.json").write_text(json.dumps(results) + "\n", encoding="utf8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    every = sorted(path.stem for path in EXAMPLES.glob("*.py"))
    parser.add_argument("names", nargs="*", default=every, help="examples to run; default: all")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        record(options.names[0])
        return
    GALLERY.mkdir(exist_ok=True)
    for name in options.names:
        print(f"== {name}", flush=True)
        subprocess.run([sys.executable, __file__, "--here", name], check=True)


if __name__ == "__main__":
    main()
