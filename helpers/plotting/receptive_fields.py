"""Figures of lab 05: frames and flips, maps of receptive fields, the lasso's path, held-out scores."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from .style import MARKERS, _panel, colour

FIELD_COLOURS = "PuOr_r"  # orange for positive, violet for negative: safe for colour-blind readers


def frame_timeline(triggers, spiketimes, lag=1, *, ax=None):
    """Draw which frame is on the screen when, the spikes and their counts, and one lagged pair.

    Parameters
    ----------
    triggers : array (n_frames + 1,)
        Times of the flips, s; a handful.
    spiketimes : array (n,)
        Spike times, s.
    lag : int
        The arrow leads from the last interval's count to the frame this many frames before.
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
    triggers, counts = np.asarray(triggers), np.histogram(spiketimes, triggers)[0]
    for k, (start, stop) in enumerate(pairwise(triggers)):
        shade = "#DDDDDD" if k % 2 else "#BBBBBB"
        ax.add_patch(plt.Rectangle((start, 2), stop - start, 0.8, fc=shade, lw=0))
        middle = (start + stop) / 2
        ax.text(middle, 2.4, f"column {k}", ha="center", va="center")
        ax.text(middle, 0.25, f"counts[{k}] = {counts[k]}", ha="center", va="center")
    ax.vlines(triggers, 0.5, 2.8, color="black", lw=0.8, ls=":")
    for k, flip in enumerate(triggers):
        ax.text(flip, 2.95, f"flip {k}", ha="center", va="bottom", fontsize=8)
    ax.eventplot(spiketimes, lineoffsets=1.1, linelengths=0.6, colors=colour(0))
    last = (triggers[-2] + triggers[-1]) / 2
    before = (triggers[-2 - lag] + triggers[-1 - lag]) / 2
    arrow = {"arrowstyle": "->", "color": colour(1), "lw": 1.5}
    ax.annotate("", (before, 2.15), (last, 0.45), arrowprops=arrow)
    ax.set(xlabel="time (s)", ylim=(0, 3.4), xlim=(triggers[0] - 0.02, triggers[-1] + 0.02))
    ax.set_yticks([0.25, 1.1, 2.4], ["counts", "spikes", "on the screen"])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax


def field_map(w, shape=(20, 15), *, scale=None, title="", ax=None):
    """Draw one receptive field, or any other value per pixel, as an image; white is zero.

    Parameters
    ----------
    w : array (n_pixels,)
        One value per pixel, row after row.
    shape : (int, int)
        Rows and columns of the image.
    scale : float, optional
        The value that has the deepest colour; default is the largest in w.
    title : str
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib AxesImage, which `plt.colorbar` takes

    Raises
    ------
    ValueError
        If `w` has not one value for each pixel.
    TypeError
        If `ax` is not one panel.
    """
    ax, w = _panel(ax), np.asarray(w, float)
    if w.size != shape[0] * shape[1]:
        raise ValueError(f"w should have {shape[0] * shape[1]} values, but has shape {w.shape}.")
    scale = (np.abs(w).max() or 1.0) if scale is None else scale
    image = ax.imshow(w.reshape(shape), cmap=FIELD_COLOURS, vmin=-scale, vmax=scale)
    ax.set(title=title, xlabel="column (pixels)", ylabel="row (pixels)")
    ax.spines[:].set_visible(True)
    for axis in (ax.xaxis, ax.yaxis):
        axis.get_major_locator().set_params(integer=True)
    return image


def field_maps(W, titles, shape=(20, 15), *, label="weight", scale=None, fig=None):
    """Draw several receptive fields in a row, on one scale of colours.

    Parameters
    ----------
    W : array (n_pixels, n)
        One field in each column.
    titles : sequence of n str
    shape : (int, int)
        Rows and columns of each image.
    label : str
        What the colours show, with its unit.
    scale : float, optional
        The value that has the deepest colour; default is the largest in W.
    fig : matplotlib Figure or SubFigure, optional
        Default is a new figure.

    Returns
    -------
    array (n,) of matplotlib Axes

    Raises
    ------
    ValueError
        If there is not one title for each field, or not one value for each pixel.
    """
    W = np.asarray(W, float)
    if W.ndim != 2 or W.shape[1] != len(titles):
        raise ValueError(f"W has shape {W.shape}, but there are {len(titles)} titles.")
    n = len(titles)
    fig = fig or plt.figure(figsize=(1.25 * n + 1, 2.3), layout="constrained")
    axes = fig.subplots(1, n, sharex=True, sharey=True, squeeze=False)[0]
    scale = (np.abs(W).max() or 1.0) if scale is None else scale
    for ax, w, title in zip(axes, W.T, titles, strict=True):
        image = field_map(w, shape, scale=scale, title=title, ax=ax)
        ax.label_outer()
    fig.colorbar(image, ax=list(axes), label=label, shrink=0.8)
    return axes


def temporal_kernel(lags, v, *, label=None, x_label="lag (frames before the spikes)", ax=None):
    """Draw a temporal kernel: its value against the lag.

    Parameters
    ----------
    lags : array (n,)
    v : array (n,)
    label : str, optional
        Name for a legend.
    x_label : str
        What the lags are, with their unit.
    ax : matplotlib Axes, optional
        The current axes by default. Several kernels in one panel get several colours and markers.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If `ax` is not one panel.
    """
    ax = _panel(ax)
    k = sum(line.get_gid() == "kernel" for line in ax.lines)
    if not k:
        ax.axhline(0, color="black", lw=0.6)
    ax.plot(lags, v, color=colour(k), marker=MARKERS[k % 8], ms=4, label=label, gid="kernel")
    ax.set(xlabel=x_label, ylabel="kernel v (a.u.)")
    return ax


def path_curve(alphas, gain, error, n_weights, best_alpha=None, *, axes):
    """Draw what held-out data say about each penalty, and how many weights it leaves.

    Parameters
    ----------
    alphas : array (n,)
        Penalties.
    gain, error : array (n,)
        Mean gain in held-out deviance over a constant rate, and its standard error; higher is better.
    n_weights : array (n,)
        Number of weights that are not zero.
    best_alpha : float, optional
        The chosen penalty, drawn as a dashed line.
    axes : two matplotlib Axes, the left and the right one

    Returns
    -------
    the two matplotlib Axes

    Raises
    ------
    TypeError
        If an element of `axes` is not one panel.
    """
    left, right = _panel(axes[0]), _panel(axes[1])
    left.errorbar(alphas, gain, error, color=colour(0), marker="o", ms=4, capsize=3)
    left.axhline(0, color="black", lw=0.6)
    best = np.argmax(gain)
    enough = gain[best] - error[best]
    left.axhline(enough, color=colour(2), ls=":", label="highest − 1 standard error")
    left.set(
        xlabel="penalty α", ylabel="gain on held-out blocks\n(deviance per pair, summed over lags)"
    )
    right.plot(alphas, n_weights, color=colour(0), marker="o", ms=4)
    right.set(xlabel="penalty α", ylabel="weights not zero")
    for ax in (left, right):
        ax.set_xscale("log")
        if best_alpha is not None:
            ax.axvline(best_alpha, color=colour(1), ls="--", label="chosen")
    left.legend(loc="lower center", fontsize=8, frameon=True, framealpha=1, edgecolor="none")
    return left, right


def score_bars(scores, errors, *, x_label="bits per spike on held-out data", ax=None):
    """Draw one score with its error bar for each method, from top to bottom.

    Parameters
    ----------
    scores, errors : dict of str to float
        Names and mean scores, and their standard errors.
    x_label : str
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
    names = list(scores)
    for k, name in enumerate(names):
        ax.errorbar(
            scores[name], k, xerr=errors[name], color=colour(k), marker=MARKERS[k % 8], capsize=4
        )
    ax.axvline(0, color="black", lw=0.6)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel=x_label, ylim=(len(names) - 0.5, -0.5))
    return ax
