"""Figures of lab 09: a threshold that follows the noise, waveforms, components, scores, clusters."""

import matplotlib.pyplot as plt
import numpy as np

from .style import MARKERS, _panel, colour

NAMES = ("background", "neuron")


def threshold_trace(t, x, threshold, crossings=(), *, ax=None):
    """Draw a voltage, its threshold, and the crossings that count.

    Parameters
    ----------
    t, x, threshold : (n,) arrays
        s, µV, µV.
    crossings : (m,) array
        s; those outside the trace are left out.
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax, crossings = _panel(ax), np.asarray(crossings, float)
    ax.plot(t, x, color="0.45", lw=0.5)
    ax.plot(t, threshold, color=colour(1), lw=1.2, label="threshold")
    inside = crossings[(crossings >= t[0]) & (crossings <= t[-1])]
    top = np.full(len(inside), np.max(x))
    ax.plot(inside, top, "v", color=colour(0), ms=4, label="crossing")
    ax.set(xlabel="time (s)", ylabel="voltage (µV)", xlim=(t[0], t[-1]))
    ax.legend(loc="lower left", ncols=2, fontsize=8)
    return ax


def waveform_bundle(w, *, before=12, fs=30_000.0, k=0, title="", n_shown=60, ax=None):
    """Draw waveforms as thin lines and their mean as a thick one.

    Parameters
    ----------
    w : (n, n_samples) array
        µV; every n/n_shown-th is drawn.
    before : int
        Samples before the crossing, which is at time 0.
    fs : float
        Hz.
    k : int
        Colour of the mean.
    title : str
    n_shown : int
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax, w = _panel(ax), np.asarray(w, float)
    t = (np.arange(w.shape[1]) - before) * 1000 / fs
    ax.plot(t, w[:: max(1, len(w) // n_shown)].T, color="0.7", lw=0.4)
    ax.plot(t, w.mean(axis=0), color=colour(k), lw=2)
    ax.set(xlabel="time from crossing (ms)", ylabel="voltage (µV)", title=title)
    return ax


def labelled_points(b, labels, *, names=NAMES, boundary=None, axes=("PC 1 (µV)", "PC 2 (µV)"), title="", ax=None):  # fmt: skip
    """Draw two coordinates of waveforms, with a marker for each label; −1 (noise) is grey.

    Parameters
    ----------
    b : (n, ≥ 2) array
        The first two columns are drawn.
    labels : (n,) int array
        From −1; those beyond the last name share its marker.
    names : sequence of str
        What the labels 0, 1 … are called.
    boundary : (v, 2) array, optional
        Corners of a closed line.
    axes : (str, str)
        Labels with units.
    title : str
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    matplotlib Axes
    """
    ax, labels = _panel(ax), np.asarray(labels)
    shown = np.minimum(labels, len(names) - 1)
    for k, name in ((-1, "noise"), *enumerate(names)):
        points = np.asarray(b)[shown == k]
        if len(points):
            style = (
                {"color": "0.6", "marker": "x"}
                if k < 0
                else {"color": colour(k), "marker": MARKERS[k]}
            )
            ax.scatter(points[:, 0], points[:, 1], s=7, lw=0.5, alpha=0.6, label=name, **style)
    if boundary is not None:
        closed = np.concatenate([boundary, boundary[:1]])
        ax.plot(*closed.T, color="black", lw=1.2, label="drawn by hand")
    ax.set(xlabel=axes[0], ylabel=axes[1], title=title)
    ax.margins(y=0.16)  # room for the legend
    ax.legend(
        fontsize=8,
        markerscale=1.5,
        loc="upper center",
        ncols=3,
        handletextpad=0.2,
        columnspacing=0.8,
    )
    return ax


def training_curves(histories, *, axes=None):
    """Draw loss and validation F1 of each epoch; a ring marks the epoch that is kept.

    Parameters
    ----------
    histories : dict of str to dict
        By name, each with the lists loss and val_f1.
    axes : two matplotlib Axes, optional
        Default is a new figure.

    Returns
    -------
    array (2,) of matplotlib Axes
    """
    if axes is None:
        _, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    for k, (name, history) in enumerate(histories.items()):
        loss, f1 = np.asarray(history["loss"], float), np.asarray(history["val_f1"], float)
        style = {"color": colour(k), "marker": MARKERS[k], "ms": 4}
        axes[0].plot(np.arange(1, len(loss) + 1), loss, label=name, **style)
        axes[1].plot(np.arange(1, len(f1) + 1), f1, label=name, **style)
        axes[1].plot(f1.argmax() + 1, f1.max(), "o", mfc="none", color=colour(k), ms=11)
    axes[0].set(xlabel="epoch", ylabel="weighted loss (nats)", ylim=(0, None))
    axes[1].set(xlabel="epoch", ylabel="macro F1, validation")
    axes[0].legend()
    return axes


def score_dots(scores, errors, *, keys=("accuracy", "precision", "recall", "f1"), axes=None):
    """Draw the scores of several methods side by side, one panel per score, with error bars.

    Parameters
    ----------
    scores, errors : dict of str to dict
        By method, then by score; errors are standard errors.
    keys : sequence of str
        Which scores, in this order.
    axes : matplotlib Axes, one for each key, optional
        Default is a new figure.

    Returns
    -------
    array of matplotlib Axes
    """
    if axes is None:
        height = 0.9 + 0.32 * len(scores)
        _, axes = plt.subplots(
            1, len(keys), figsize=(2.3 * len(keys), height), sharey=True, layout="constrained"
        )
    rows = np.arange(len(scores))
    for key, ax in zip(keys, axes, strict=True):
        for row, name in zip(rows, scores, strict=True):
            value, error = scores[name][key], errors[name][key]
            ax.errorbar(value, row, xerr=error, fmt=MARKERS[row % 8], color=colour(row), capsize=2)
            near = value > 0.75
            ax.annotate(f"{value:.3f} ± {error:.3f}", (value, row), (3 if near else -3, 6), fontsize=7,
                        textcoords="offset points", ha="right" if near else "left")  # fmt: skip
        ax.set(xlabel=key if key == "accuracy" else f"macro {key}".replace("f1", "F1"))
        ax.set(xlim=(0.4, 1.02), ylim=(len(rows) - 0.5, -0.7))
    axes[0].set_yticks(rows, list(scores))
    return axes
