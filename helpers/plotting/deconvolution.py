"""Figures of lab 08: what each neuron adds to the voltage, templates on the probe, who finds overlaps."""

import numpy as np

from .style import MARKERS, _panel, colour


def overlaid_traces(x, fs, start=0.0, *, parts=None, step=None, names=None, title="", ax=None):
    """Draw several channels below each other, and in colour what is thought to make them up.

    Parameters
    ----------
    x : array (n_channels, n)
        In units of the noise.
    fs : float
        Hz.
    start : float
        Time of the first sample, ms.
    parts : dict of str to array (n_channels, n), optional
        Names and signals, drawn over x where they are not 0.
    step : float, optional
        Distance between the traces; by default what x needs.
    names : sequence of str, optional
        What the channels are called.
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
    ax, parts = _panel(ax), parts or {}
    t = start + np.arange(x.shape[1]) * (1000 / fs)
    step = 0.8 * np.ptp(x) if step is None else step
    places = -step * np.arange(len(x))
    ax.plot(t, x.T + places, color="0.6", lw=0.7)
    for k, (name, part) in enumerate(parts.items()):
        drawn = np.where(np.abs(part) > 0.3, part, np.nan).T + places
        lines = ax.plot(t, drawn, color=colour(k), lw=1.6, ls=("-", "--", "-.", ":")[k % 4])
        lines[0].set_label(name)
    ax.set_yticks(places, names or [f"contact {c}" for c in range(len(x))])
    right = t[-1] + 0.015 * np.ptp(t)
    ax.plot([right, right], [0, 10], color="black", lw=2.5, clip_on=False)
    ax.text(right, 5, " 10 σ", va="center", fontsize=8)
    ax.set(xlabel="time (ms)", ylabel="voltage (see bar)", title=title, xlim=t[[0, -1]])
    if parts:
        ax.legend(loc="upper left", bbox_to_anchor=(1.08, 1), fontsize=8)
    return ax


def probe_map(positions, values, *, scale=None, title="", ax=None):
    """Draw one number for each contact of a probe: orange above zero, violet below.

    Parameters
    ----------
    positions : array (n_channels, 2)
        µm, across the probe and along it.
    values : array (n_channels,)
    scale : float, optional
        Value of the strongest colour; by default the largest size.
    title : str
    ax : matplotlib Axes, optional
        The current axes by default.

    Returns
    -------
    what was drawn, for a colour bar

    Raises
    ------
    TypeError
        If `ax` is not one panel.
    """
    ax = _panel(ax)
    scale = np.abs(values).max() if scale is None else scale
    style = {
        "cmap": "PuOr_r",
        "vmin": -scale,
        "vmax": scale,
        "edgecolors": "0.7",
        "linewidths": 0.4,
    }
    dots = ax.scatter(*np.asarray(positions).T, c=values, s=26, marker="s", **style)
    ax.set(title=title, xlabel="across (µm)", ylabel="along (µm)", aspect="equal")
    ax.margins(0.25, 0.05)
    return dots


def probe_waveforms(positions, W, *, shade=0, label=None, scale=None, title="", ax=None):
    """Draw a template: a little trace at each contact of the probe.

    Parameters
    ----------
    positions : array (n_channels, 2)
        µm.
    W : array (n_channels, width)
    shade : int
        Which colour and line style.
    label : str, optional
        Name for a legend.
    scale : float, optional
        Value that is drawn 25 µm high; by default the largest size.
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
    scale = np.abs(W).max() if scale is None else scale
    t = np.linspace(-8, 8, W.shape[1])
    style = {"color": colour(shade), "ls": ("-", "--", ":")[shade % 3], "lw": 1.1}
    for (across, along), w in zip(positions, W, strict=True):
        lines = ax.plot(across + t, along + 25 * w / scale, **style)
    lines[0].set_label(label)
    ax.set(title=title, xlabel="across (µm)", ylabel="along (µm)")
    return ax


def recall_dots(scores, *, target=None, ax=None):
    """Draw for each method which part of the lone and of the overlapping spikes it found.

    Parameters
    ----------
    scores : dict of str to (float, float)
        Names, and recall of lone and of overlapping spikes.
    target : float, optional
        Drawn as a dotted line.
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
    rows = np.arange(len(scores))
    for k, name in enumerate(("alone", "overlapping")):
        found = [pair[k] for pair in scores.values()]
        style = {"color": colour(k), "marker": MARKERS[k], "ms": 8, "ls": "", "alpha": 0.9}
        ax.plot(found, rows, label=name, **style)
    if target is not None:
        ax.axvline(target, color="black", ls=":", lw=1)
    ax.set_yticks(rows, scores)
    ax.set(xlabel="part of the true spikes found (recall)", xlim=(0, 1.05))
    ax.set_ylim(len(scores) - 0.5, -0.5)
    ax.legend(loc="lower left")
    return ax
