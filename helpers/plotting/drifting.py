"""Figures of lab 07: clusters that move, a smoothed track, tracks of means, misclassified fractions."""

import numpy as np

from .style import MARKERS, _panel, colour

TIME_COLOURS = "cividis"  # dark blue to yellow, even in lightness: safe for colour-blind readers


def drift_scatter(x, t, columns=(0, 3), *, labels=("x₁ (a.u.)", "x₂ (a.u.)"), ax=None):
    """Scatter two features of spikes, coloured by the time at which they came.

    Parameters
    ----------
    x : array (n, d)
        Features.
    t : array (n,)
        Times, s.
    columns : (int, int)
        Which features to draw.
    labels : (str, str)
        Names of the two features, with units.
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib PathCollection, which `plt.colorbar` takes (its colours are minutes)

    Raises
    ------
    TypeError
        If `ax` is not one panel.
    """
    ax, x = _panel(ax), np.asarray(x)
    minutes = np.asarray(t) / 60
    points = ax.scatter(*x[:, columns].T, c=minutes, cmap=TIME_COLOURS, s=2, lw=0, rasterized=True)
    ax.set(xlabel=labels[0], ylabel=labels[1])
    return points


def smoothed_track(means, errors, curves, *, truth=None, ax=None):
    """Draw the mean of a cluster in each block with its error bar, and tracks through them.

    Parameters
    ----------
    means, errors : array (T,)
        Mean of each block's spikes and its standard error; NaN where a block has none.
    curves : dict of str to array (T,)
        Names and tracks.
    truth : array (T,), optional
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If `ax` is not one panel.
    """
    ax, blocks = _panel(ax), np.arange(len(means))
    ax.errorbar(blocks, means, errors, color="0.6", fmt="o", ms=3, lw=0.8, label="block means")
    if truth is not None:
        ax.plot(blocks, truth, color="black", lw=1, ls=":", label="truth")
    for k, (name, track) in enumerate(curves.items()):
        ax.plot(blocks, track, color=colour(k), marker=MARKERS[k % 8], ms=3, label=name)
    ax.set(xlabel="block b", ylabel="mean (a.u.)")
    ax.legend(fontsize=8)
    return ax


def mean_tracks(minutes, tracks, truth=None, *, label="mean (µV)", ax=None):
    """Draw how one feature of the means of several clusters moves, and optionally the truth.

    Parameters
    ----------
    minutes : array (T,)
        Middle of each block, minutes.
    tracks : array (K, T)
        One feature of each cluster's mean.
    truth : array (K, T), optional
        Drawn as dotted lines.
    label : str
        What the feature is, with its unit.
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If `ax` is not one panel.
    """
    ax = _panel(ax)
    for k, track in enumerate(np.asarray(tracks)):
        line = {"color": colour(k), "marker": MARKERS[k % 8], "markevery": 5, "ms": 4}
        ax.plot(minutes, track, **line, label=f"unit {k + 1}")
    for k, track in enumerate([] if truth is None else np.asarray(truth)):
        ax.plot(minutes, track, color="black", lw=1.2, ls=":", label="truth" if not k else None)
    ax.set(xlabel="time (minutes)", ylabel=label)
    return ax


def misclassified_dots(fractions, *, ax=None):
    """Draw the fraction of misclassified spikes of each method on a logarithmic axis.

    Parameters
    ----------
    fractions : dict of str to float
        Names and fractions, above 0.
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If `ax` is not one panel.
    """
    ax = _panel(ax)
    for k, fraction in enumerate(fractions.values()):
        ax.plot(fraction, k, color=colour(k), marker=MARKERS[k % 8], ms=7)
        ax.annotate(
            f"{fraction:.3f}", (fraction, k), (0, 7), textcoords="offset points", ha="center"
        )
    ax.set_xscale("log")
    ax.set_yticks(range(len(fractions)), fractions)
    ax.set(xlabel="fraction of spikes misclassified", ylim=(len(fractions) - 0.5, -0.7))
    ax.set_xlim(0.5 * min(fractions.values()), min(1, 2 * max(fractions.values())))
    return ax
