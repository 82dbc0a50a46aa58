"""Figures of lab 06: populations, images in grey, searches for images, who wins."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, NullLocator

from .style import MARKERS, _panel, colour

LINES = ("-", "--", ":", "-.")


def response_raster(responses, *, label, x_label="image", y_label="neuron", ax=None):
    """Draw responses as a table of greys: white is none, black the 98th percentile and above.

    Parameters
    ----------
    responses : (n_rows, n_columns) array
        NaN (missing) is drawn in sky blue.
    label : str
        What the greys show, with its unit.
    x_label, y_label : str
        What columns and rows are.
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _panel(ax)
    greys = plt.get_cmap("Greys").with_extremes(bad=colour(5))
    top = np.nanpercentile(responses, 98) or 1.0
    image = ax.imshow(
        responses, cmap=greys, vmin=0, vmax=top, aspect="auto", interpolation="nearest"
    )
    ax.figure.colorbar(image, ax=ax, label=label)
    ax.set(xlabel=x_label, ylabel=y_label)
    return ax


def covariance_map(C, *, scale, title="", label="", ax=None):
    """Draw a covariance matrix (n, n): orange is positive, violet negative, white zero.

    Parameters
    ----------
    C : (n, n) array
    scale : float
        The value that has the deepest colour.
    title, label : str
        Of the panel, and of the scale of colours.
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _panel(ax)
    image = ax.imshow(C, cmap="PuOr_r", vmin=-scale, vmax=scale, interpolation="nearest")
    ax.figure.colorbar(image, ax=ax, label=label, shrink=0.8)
    ax.set(title=title, xlabel="neuron", ylabel="neuron")
    return ax


def neuron_choice(oracle, variance, chosen, *, lines=None, ax=None):
    """Draw each neuron's oracle against its variance; the chosen ones are filled.

    Parameters
    ----------
    oracle, variance : (n_neurons,) arrays
    chosen : sequence of int
    lines : (float, float), optional
        Thresholds of oracle and variance, dotted.
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax, is_chosen = _panel(ax), np.zeros(len(oracle), bool)
    is_chosen[np.asarray(chosen, int)] = True
    oracle, variance = np.asarray(oracle), np.asarray(variance)
    ax.plot(
        variance[~is_chosen], oracle[~is_chosen], "o", mfc="none", color="0.5", label="left out"
    )
    ax.plot(variance[is_chosen], oracle[is_chosen], "s", color=colour(0), label="chosen")
    if lines is not None:
        ax.axhline(lines[0], color="black", ls=":", lw=1)
        ax.axvline(lines[1], color="black", ls=":", lw=1)
    ax.set_xscale("log")
    ax.set(xlabel="variance of the responses (spikes²)", ylabel="oracle correlation")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)  # where no neuron is
    return ax


def image_grid(images, titles, *, n_columns=6, mean=0.5, scale=None, fig=None):
    """Draw images in grey: `mean` is mid-grey, and each image has a scale of its own.

    Parameters
    ----------
    images : sequence of (H, W) arrays
    titles : sequence of str
    n_columns : int
    mean : float
        The value drawn in mid-grey.
    scale : float, optional
        How far from `mean` black and white lie; default is, for each image, its farthest pixel.
    fig : matplotlib Figure or SubFigure, optional
        Default is a new figure.

    Returns
    -------
    list of matplotlib Axes, one for each image

    Raises
    ------
    ValueError
        If there is not one title for each image.
    """
    if len(images) != len(titles):
        raise ValueError(f"There are {len(images)} images, but {len(titles)} titles.")
    n_columns = max(1, min(n_columns, len(images)))
    n_rows = -(-len(images) // n_columns)
    if fig is None:
        fig = plt.figure(figsize=(1.6 * n_columns, 1.3 * n_rows), layout="constrained")
    axes = list(fig.subplots(n_rows, n_columns, squeeze=False).flat)
    for ax in axes:
        ax.set_axis_off()
    for ax, image, title in zip(axes, images, titles, strict=False):
        image = np.asarray(image, float)
        reach = scale or np.abs(image - mean).max() or 1.0
        ax.imshow(image, cmap="gray", vmin=mean - reach, vmax=mean + reach)
        ax.set_title(title, fontsize=8)
    return axes[: len(images)]


def search_traces(traces, *, y_label, ax=None):
    """Draw what happens to a number in the course of searches.

    Parameters
    ----------
    traces : dict of str to (n_steps,) array
        Names for the legend, and the number after each step.
    y_label : str
        What it is, with its unit.
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _panel(ax)
    for k, (name, trace) in enumerate(traces.items()):
        steps = np.arange(1, len(trace) + 1)
        ax.plot(steps, trace, color=colour(k), ls=LINES[k % len(LINES)], label=name)
    ax.set(xlabel="step", ylabel=y_label)
    low, high = ax.get_ylim()
    ax.set_ylim(min(0, low), 1.05 * high)
    if len(traces) > 1:
        ax.legend()
    return ax


def duel(r_gabor, r_mei, kinds=None, *, title="", ax=None):
    """Draw each neuron's response to its MEI against that to its Gabor: above the diagonal it won.

    Parameters
    ----------
    r_gabor, r_mei : (n_neurons,) arrays
        Spikes per image.
    kinds : sequence of str, optional
        A kind for each neuron; every kind has its colour and marker.
    title : str
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax, r_gabor, r_mei = _panel(ax), np.asarray(r_gabor), np.asarray(r_mei)
    kinds = np.full(len(r_mei), "") if kinds is None else np.asarray(kinds)
    for k, kind in enumerate(np.unique(kinds)):
        mine = kinds == kind
        marker = MARKERS[k % len(MARKERS)]
        ax.plot(r_gabor[mine], r_mei[mine], marker, color=colour(k), ms=5, label=kind or None)
    ends = [0.8 * min(r_gabor.min(), r_mei.min()), 1.25 * max(r_gabor.max(), r_mei.max())]
    ax.plot(ends, ends, color="black", ls=":", lw=1)
    ax.set(xscale="log", yscale="log", xlim=ends, ylim=ends, title=title)
    ax.set(xlabel="response to the best Gabor (spikes)", ylabel="response to the MEI (spikes)")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_locator(NullLocator())
    if any(kinds):
        ax.legend(loc="lower right")
    return ax


def frequency_shares(edges, shares, *, ax=None):
    """Draw which share of an image's power lies in which band of spatial frequencies.

    Parameters
    ----------
    edges : (n_bands + 1,) array
        cycles per pixel.
    shares : dict of str to (n_bands,) array
        Names for the legend, and the share in each band.
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax = _panel(ax)
    for k, (name, share) in enumerate(shares.items()):
        line = {"color": colour(k), "ls": LINES[k % len(LINES)], "lw": 1.5}
        ax.stairs(share, edges, label=name, **line)
    ax.set(xlabel="spatial frequency (cycles per pixel)", ylabel="share of the power")
    ax.legend()
    return ax
