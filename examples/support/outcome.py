"""How an example ends: what it reached beside what its text promises."""


def conclude(what, value, *, at_least=None, at_most=None):
    """Prints the figure and what was expected of it; the program ends with exit code 1 where it is
    missed.

    Args:
        what: What was measured, such as `"test accuracy"`.
        value: The figure.
        at_least: Smallest figure that is good enough, or None.
        at_most: Largest figure that is good enough, or None. Without both the figure is printed,
            and nothing expected.
    """
    if at_least is None and at_most is None:
        print(f"{what} {value:.4g}")
        return
    if at_least is not None:
        expected, reached = f"at least {at_least:g}", value >= at_least
    else:
        expected, reached = f"at most {at_most:g}", value <= at_most
    print(f"{what} {value:.4g} (expected {expected})")
    if not reached:
        raise SystemExit(1)
