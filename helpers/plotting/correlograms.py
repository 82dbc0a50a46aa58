"""Figures of lab 03: one correlogram, the matrix of all pairs, contamination."""

import matplotlib.pyplot as plt
import numpy as np

from .style import MARKERS, _panel, colour


def correlogram_bars(counts, centers, expected=None, *, title="", ax=None):
    """Draw one correlogram as bars, with what unrelated spikes would give as a line.

    Parameters
    ----------
    counts : array (n,)
        Pairs of spikes in each bin.
    centers : array (n,)
        Lags at the middle of the bins, in s.
    expected : array (n,) or float, optional
        Expected counts, drawn as a dashed line.
    title : str
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
    lags = 1000 * np.asarray(centers)
    ax.fill_between(lags, counts, step="mid", color=colour(0), lw=0)
    if expected is not None:
        line = np.broadcast_to(expected, lags.shape)
        ax.plot(lags, line, "--", color=colour(1), label="expected if unrelated")
    ax.set(xlabel="lag (ms)", ylabel="pairs per bin", title=title, xlim=(lags[0], lags[-1]))
    ax.set_ylim(bottom=0)
    return ax


KINDS = {"single": 0, "multi": 1, "unclear": 6}  # kinds of clusters and the colours of their panels


def correlogram_matrix(counts, centers, names=None, kinds=None, merge=(), *, ax=None):
    """Draw the correlograms of all pairs of clusters as a table: row i, column j has [i, j].

    Every panel is scaled to its own highest bin. The diagonal is coloured by the kind of cluster,
    which the names at the left spell out, and pairs to merge have a frame.

    Parameters
    ----------
    counts : array (K, K, n)
        Pairs of spikes; [i, j] has the lags of cluster j after cluster i.
    centers : array (n,)
        Lags at the middle of the bins, in s.
    names : sequence of K str, optional
        Names of the clusters; default is their numbers from 0.
    kinds : sequence of K str, optional
        "single", "multi" or "unclear".
    merge : sequence of pairs (i, j), optional
        Positions of clusters that should be one.
    ax : matplotlib Axes, optional
        Default is a new figure large enough for K clusters.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If `counts` is no table of correlograms, or a kind is none of the three.
    TypeError
        If `ax` is not one panel.
    """
    counts = np.asarray(counts, float)
    K = len(counts)
    if counts.shape != (K, K, len(centers)):
        raise ValueError(f"counts should have shape (K, K, {len(centers)}) but has {counts.shape}.")
    names = [str(k) for k in range(K)] if names is None else names
    kinds = ["unclear"] * K if kinds is None else kinds
    if strange := set(kinds) - set(KINDS):
        raise ValueError(f"kinds should be some of {', '.join(KINDS)}, not {strange.pop()!r}.")
    if ax is None:
        size = max(4.5, 0.62 * K)
        ax = plt.subplots(figsize=(size + 1, size), layout="constrained")[1]
    _draw_matrix(_panel(ax), counts, np.asarray(centers), kinds)
    _name_matrix(ax, names, kinds)
    for i, j in merge:
        for row, column in ((i, j), (j, i)):
            frame = plt.Rectangle((column, row), 1, 1, fill=False, ec=colour(2), lw=2.5, zorder=3)
            ax.add_patch(frame)
    return ax


def _draw_matrix(ax, counts, centers, kinds):
    """Draw all panels into one Axes, in units of panels: hundreds of Axes would take seconds."""
    K = len(counts)
    share = counts / np.maximum(counts.max(axis=2, keepdims=True), 1)
    x = (centers - centers[0]) / (centers[-1] - centers[0])
    edges = np.repeat(np.linspace(0.06, 0.94, len(x) + 1), 2)
    for i in range(K):
        for j in range(K):
            top = np.concatenate([[0], np.repeat(share[i, j], 2), [0]])
            shade = colour(KINDS[kinds[i]]) if i == j else "#999999"
            ax.fill(j + edges, i + 0.93 - 0.82 * top, color=shade, lw=0)
    # The lag of zero, dotted and behind the bars, or it would hide a nick; the lines between panels.
    middle = np.arange(K) + 0.5
    ax.vlines(middle, 0, K, color="black", lw=0.4, ls=":", zorder=0.5)
    for k in range(K + 1):
        ax.axhline(k, color="#DDDDDD", lw=0.5)
        ax.axvline(k, color="#DDDDDD", lw=0.5)
    ax.set(xlim=(0, K), ylim=(K, 0), xticks=middle, yticks=middle)
    ax.set_aspect("equal")
    window = 1000 * centers[-1]
    ax.set_xlabel(
        f"lag of the column's spikes after the row's: −{window:g} to +{window:g} ms in every panel"
    )
    ax.set_ylabel("pairs of spikes, each panel scaled to its highest bin")


def _name_matrix(ax, names, kinds):
    ax.xaxis.set_label_position("bottom")
    ax.tick_params(length=0, labelsize=8, labeltop=True)
    ax.set_xticklabels(names)
    known = set(kinds) != {"unclear"}
    ax.set_yticklabels([f"{n} {k}" if known else n for n, k in zip(names, kinds, strict=True)])
    for spine in ax.spines.values():
        spine.set_visible(False)
    for label, kind in zip(ax.get_yticklabels(), kinds, strict=True):
        label.set_color(colour(KINDS[kind]))


def contamination_curves(true, estimates, *, ax=None):
    """Draw estimates of contamination against its true value, with the line where they agree.

    Parameters
    ----------
    true : array (n,)
        True share of foreign spikes.
    estimates : dict of str to array (n,)
        Names and estimated shares.
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
    ax.plot(true, true, "k:", label="truth")
    for k, (name, values) in enumerate(estimates.items()):
        ax.plot(true, values, color=colour(k), marker=MARKERS[k], ms=4, label=name)
    ax.set(xlabel="true share of foreign spikes", ylabel="estimated contamination C")
    ax.legend(loc="upper left")
    return ax


# --- spike sorting ------------------------------------------------------------------------------
