"""What all figures share: palette, markers, grids of panels."""

import matplotlib.pyplot as plt
import numpy as np

# Okabe & Ito (2008), "Color universal design": strong colours first, yellow (weak on white) last.
OKABE_ITO = (
    "#0072B2",  # blue
    "#D55E00",  # vermilion
    "#009E73",  # bluish green
    "#CC79A7",  # reddish purple
    "#E69F00",  # orange
    "#56B4E9",  # sky blue
    "#000000",  # black
    "#F0E442",  # yellow
)
MARKERS = "osv^D<>P"


def set_style():
    """Set the labs' figure style: readable sizes, no box around the data, the palette above."""
    plt.rcParams.update(
        {
            "figure.dpi": 90,
            "figure.figsize": (5.0, 3.6),
            "font.size": 9,
            "axes.titlesize": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": plt.cycler(color=OKABE_ITO),
            "legend.frameon": False,
        }
    )


def colour(k):
    """Return the colour of group `k`, a non-negative integer; the palette repeats after eight."""
    return OKABE_ITO[k % len(OKABE_ITO)]


def panels(n_rows, n_columns, size=1.8, x_label="x₁ (a.u.)", y_label="x₂ (a.u.)"):
    """Make a grid of panels that share both axes; scales and labels stand once, at the outside.

    Parameters
    ----------
    n_rows, n_columns : int
    size : float
        Width of one panel in inches; its height is 85 % of that.
    x_label, y_label : str
        Labels with units, for the bottom row and the left column.

    Returns
    -------
    matplotlib Figure and an array of Axes, shape (n_rows, n_columns): always a table, so that the
    panels of a single row are `axes[0, 0]`, `axes[0, 1]`, …
    """
    fig, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(size * n_columns, 0.85 * size * n_rows),
        sharex=True,
        sharey=True,
        squeeze=False,
        gridspec_kw={"wspace": 0.08, "hspace": 0.3},
    )
    # Ticks are what takes longest to draw, so inner panels have none.
    for ax in axes[:-1].flat:
        ax.xaxis.set_visible(False)
    for ax in axes[:, 1:].flat:
        ax.yaxis.set_visible(False)
    for ax in axes[-1]:
        ax.set_xlabel(x_label)
    for ax in axes[:, 0]:
        ax.set_ylabel(y_label)
    return fig, axes


def _panel(ax):
    """Return the Axes to draw into, or say what came in its place."""
    if ax is None:
        return plt.gca()
    if isinstance(ax, plt.Axes):
        return ax
    if isinstance(ax, np.ndarray):
        raise TypeError(f"ax is an array of {ax.size} panels: choose one, such as axes[0, 0].")
    raise TypeError(f"ax should be one panel (matplotlib Axes), but it is {type(ax).__name__}.")
