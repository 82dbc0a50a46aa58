"""Figures of lab 02: voltage, spectra, waveforms, features, units against clusters."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from .style import MARKERS, _panel, colour, panels


def voltage_traces(
    x, fs, start=0.0, *, thrd=None, found=None, true=None, names=None, title="", ax=None
):
    """Draw the voltage of all channels below each other, with thresholds and the times of spikes.

    Parameters
    ----------
    x : array (n, n_channels) or (n,)
        µV.
    fs : float
        Hz.
    start : float
        Time of the first sample, in ms.
    thrd : array (n_channels,) or float, optional
        Thresholds in µV, drawn as dashed lines.
    found, true : arrays, optional
        Times in ms of spikes that were found (triangles below the traces) and that are known to be
        there (bars above them); those outside the stretch are left out.
    names : sequence of str, optional
        What the columns of x are; "channel 1", "channel 2", … by default.
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
    x = np.asarray(x).reshape(len(x), -1)
    n_channels = x.shape[1]
    t = start + np.arange(len(x)) * (1000 / fs)
    step = 1.05 * max(np.ptp(x, axis=0).max(), 1e-12)
    places = -step * np.arange(n_channels) - np.median(x, axis=0)
    levels = [None] * n_channels if thrd is None else np.broadcast_to(thrd, n_channels)
    for c, (place, level) in enumerate(zip(places, levels, strict=True)):
        ax.plot(t, x[:, c] + place, color=colour(0), lw=0.6)
        if level is not None:
            ax.plot(t[[0, -1]], [level + place] * 2, "--", color=colour(1), lw=0.8)
    low, high = (x + places).min() - 0.1 * step, (x + places).max() + 0.1 * step
    for times, height, mark, shade, name in (
        (found, low, "^", 1, "found"),
        (true, high, "|", 6, "true"),
    ):
        if times is not None:
            inside = np.asarray(times)[(times >= t[0]) & (times <= t[-1])]
            style = {"ls": "", "marker": mark, "ms": 6, "color": colour(shade)}
            ax.plot(inside, np.full(len(inside), height), label=f"{name}: {len(inside)}", **style)
    names = names or [f"channel {c + 1}" for c in range(n_channels)]
    ax.set_yticks(-step * np.arange(n_channels), names)
    bar = max(b for b in np.outer([1, 2, 5], 10.0 ** np.arange(-12, 12)).flat if b <= 0.6 * step)
    right = t[-1] + 0.015 * np.ptp(t)
    ax.plot([right, right], [0, bar], color="black", lw=2.5, clip_on=False)
    ax.text(right, bar / 2, f" {bar:g} µV", va="center", fontsize=8)
    ax.set(xlabel="time (ms)", ylabel="voltage (see bar)", title=title, xlim=t[[0, -1]])
    ax.locator_params(axis="x", nbins=6)
    if found is not None or true is not None:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.1), ncols=2)
    return ax


def spectra(f, power, *, title="", ax=None):
    """Draw power spectra on logarithmic axes, down to a ten-millionth of the largest value.

    Parameters
    ----------
    f : array (n,)
        Frequencies, Hz; zero is left out.
    power : dict of str to array (n,)
        Names and spectra, µV²/Hz.
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
    for k, (name, values) in enumerate(power.items()):
        style = {"ls": ("-", "--", ":")[k % 3], "color": colour(k), "lw": 1.2}
        ax.loglog(f[1:], values[1:], label=name, **style)
    top = max(np.max(values[1:]) for values in power.values())
    ax.set(xlabel="frequency (Hz)", ylabel="power (µV²/Hz)", title=title, ylim=(1e-7 * top, None))
    ax.legend(loc="lower left")
    return ax


def waveform_panels(w, fs, trough=10, *, n_lines=150):
    """Draw waveforms on top of each other, one panel per channel, and their mean in black.

    Parameters
    ----------
    w : array (n, n_samples, n_channels)
        µV.
    fs : float
        Hz.
    trough : int
        Index of the trough, drawn at 0 ms.
    n_lines : int
        So many of them are drawn, spread evenly over all.

    Returns
    -------
    matplotlib Figure and array of Axes (1, n_channels)
    """
    w = np.asarray(w)
    n, n_samples, n_channels = w.shape
    t = (np.arange(n_samples) - trough) * (1000 / fs)
    some = w[np.linspace(0, n - 1, min(n, n_lines)).astype(int)]
    fig, axes = panels(1, n_channels, 2.1, "time (ms)", "voltage (µV)")
    for c, ax in enumerate(axes[0]):
        ax.plot(t, some[:, :, c].T, color=colour(5), lw=0.4, alpha=0.5)
        ax.plot(t, w[:, :, c].mean(axis=0), color="black", lw=2)
        ax.set_title(f"channel {c + 1}")
    return fig, axes


def feature_pairs(b, labels=None, m=None, *, n_points=8000):
    """Draw the first principal component of every channel against that of every other: six panels.

    Parameters
    ----------
    b : array (n, 12)
        Features, µV, channel-major: columns 0, 3, 6, 9 are the first components.
    labels : array (n,), optional
        Cluster of every spike, integers from 0; gives colours and markers.
    m : array (K, 12), optional
        Means of the clusters, marked by the numbers of the clusters.
    n_points : int
        So many spikes are drawn, spread evenly over all; the outermost of them lie outside the
        panels.

    Returns
    -------
    matplotlib Figure and array of Axes (2, 3)
    """
    some = np.linspace(0, len(b) - 1, min(len(b), n_points)).astype(int)
    first = np.asarray(b)[some, ::3]
    groups = np.zeros(len(some), int) if labels is None else np.asarray(labels)[some]
    fig, axes = plt.subplots(2, 3, figsize=(9, 6), layout="constrained")
    low, high = np.percentile(first, [0.2, 99.8], axis=0)
    pairs = [(i, j) for j in range(1, 4) for i in range(j)]
    for ax, (i, j) in zip(axes.flat, pairs, strict=True):
        for k in np.unique(groups):
            style = {"color": _shade(k), "marker": MARKERS[(k + k // 8) % 8]}
            ax.plot(*first[groups == k][:, [i, j]].T, ls="", ms=2.2, mew=0, alpha=0.6, **style)
        for k, mean in enumerate([] if m is None else np.asarray(m)[:, ::3]):
            box = {
                "boxstyle": "round,pad=0.1",
                "fc": "white",
                "ec": "black",
                "lw": 0.5,
                "alpha": 0.8,
            }
            ax.text(mean[i], mean[j], str(k), ha="center", va="center", fontsize=6, bbox=box)
        ax.set(xlabel=f"channel {i + 1}, PC1 (µV)", ylabel=f"channel {j + 1}, PC1 (µV)")
        ax.set(xlim=(low[i], high[i]), ylim=(low[j], high[j]))
    return fig, axes


def _shade(k):
    """The colour of group k: dark in the second round through the palette, pale in the third."""
    mix, share = ((0, 0), (0, 0.55), (1, 0.55))[k // 8 % 3]
    return tuple((1 - share) * np.array(to_rgb(colour(k))) + share * mix)


def cluster_waveforms(w, labels, *, n_columns=5):
    """Draw the mean waveform of every cluster, channels side by side, with one standard deviation.

    Parameters
    ----------
    w : array (n, n_samples, n_channels)
        µV.
    labels : array (n,)
        Cluster of every spike, integers from 0.
    n_columns : int

    Returns
    -------
    matplotlib Figure and array of Axes (n_rows, n_columns)
    """
    w, labels = np.asarray(w), np.asarray(labels)
    clusters = np.unique(labels)
    n_samples, n_channels = w.shape[1:]
    # an empty sample after each channel parts the lines
    places = np.arange(n_channels * (n_samples + 1)).reshape(n_channels, -1)
    n_rows = -(-len(clusters) // n_columns)
    fig, axes = panels(n_rows, n_columns, 1.9, "channel (1 ms each)", "mean ± SD (µV)")
    for ax in axes.flat[len(clusters) :]:
        ax.set_visible(False)
    for ax, k in zip(axes.flat, clusters, strict=False):
        own = w[labels == k]
        mean, sd = (
            np.pad(a.T, ((0, 0), (0, 1)), constant_values=np.nan) for a in (own.mean(0), own.std(0))
        )
        line, band = mean.ravel(), sd.ravel()
        ax.fill_between(places.ravel(), line - band, line + band, color=_shade(k), alpha=0.35, lw=0)
        ax.plot(places.ravel(), line, color="black", lw=1)
        ax.set_title(f"{k}: {len(own)} spikes", pad=2)
        ax.set_xticks(places.mean(axis=1), range(1, n_channels + 1))
    return fig, axes


def units_and_clusters(overlap, units, clusters, precision, recall):
    """Draw which clusters the spikes of every unit went to, and how well the unit was found.

    Parameters
    ----------
    overlap : array (n_units, n_clusters)
        Number of spikes of each unit in each cluster.
    units, clusters : sequences
        Names of rows and columns.
    precision, recall : arrays (n_units,)

    Returns
    -------
    matplotlib Figure and array of two Axes
    """
    overlap = np.asarray(overlap)
    n_units, n_clusters = overlap.shape
    share = overlap / np.maximum(overlap.sum(axis=1, keepdims=True), 1)
    size = {"figsize": (8.4, 0.28 * n_units + 1.2), "layout": "constrained", "sharey": True}
    fig, axes = plt.subplots(1, 2, width_ratios=(1.6, 1), **size)
    image = axes[0].imshow(share, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for i, k in np.argwhere(share >= 0.05):
        shade = "black" if share[i, k] > 0.5 else "white"
        text = {"ha": "center", "va": "center", "fontsize": 7, "color": shade}
        axes[0].text(k, i, f"{100 * share[i, k]:.0f}", **text)
    axes[0].set_xticks(range(n_clusters), [str(k) for k in clusters])
    axes[0].set_yticks(range(n_units), [str(u) for u in units])
    axes[0].set(xlabel="cluster I found", ylabel="unit that was there")
    axes[1].tick_params(labelleft=True)
    bar = fig.colorbar(image, ax=axes[0], location="top", aspect=40)
    bar.set_label("share of the unit's spikes", size="small")
    rows = np.arange(n_units)
    axes[1].plot(precision, rows - 0.12, "o", color=colour(0), ms=5, label="precision")
    axes[1].plot(recall, rows + 0.12, "s", color=colour(1), ms=5, label="recall")
    axes[1].axvline(0.9, color="black", lw=0.8, ls="--")
    axes[1].set(xlabel="share", xlim=(-0.03, 1.03))
    axes[1].legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return fig, axes
