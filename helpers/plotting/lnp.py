"""Figures of lab 04: distributions of rates, counts in time, estimated against true weights."""

import numpy as np

from .style import MARKERS, _panel, colour

LINES = ("-", "--", ":", "-.")
ABOVE = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0}  # where no data are


def rate_distributions(R, spreads, *, ax=None):
    """Draw how the expected rate R·exp(drive) is distributed over the bins, for normal drives.

    Parameters
    ----------
    R : float
        Rate at a drive of 0, Hz.
    spreads : dict of str to float
        Names of neurons and the standard deviations of their drives.
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
    widest = max(spreads.values())
    drive = np.linspace(-3.5 * widest, 3.5 * widest, 400)
    for k, (name, sd) in enumerate(spreads.items()):
        density = np.exp(-0.5 * (drive / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
        ax.plot(R * np.exp(drive), density, color=colour(k), ls=LINES[k], label=name)
        ax.fill_between(R * np.exp(drive), density, color=colour(k), alpha=0.2, lw=0)
    ax.set_xscale("log")
    ax.set(xlabel="expected rate (Hz)", ylabel="density (per factor of e)")
    ax.set_ylim(bottom=0)
    ax.legend(loc="upper left")
    return ax


def counts_in_time(r, c, dt, *, ax=None):
    """Draw the spike count of every bin as a dot, and the expected count as a line.

    Parameters
    ----------
    r, c : arrays (n,)
        Expected and drawn counts per bin.
    dt : float
        Length of a bin, s.
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
    edges = dt * np.arange(len(r) + 1)
    ax.stairs(r, edges, color=colour(0), label="expected")
    ax.plot(edges[:-1] + dt / 2, c, "o", color=colour(1), ms=3, label="drawn")
    ax.set(xlabel="time (s)", ylabel="spikes per bin", xlim=(0, edges[-1]))
    ax.set_ylim(bottom=0)
    ax.legend(ncols=2, **ABOVE)
    return ax


def estimates_against_truth(
    w, estimates, errors, expected=None, *, label="estimated weight (1/a.u.)", ax=None
):
    """Draw an estimate of every pixel, with its error bar, against the pixel's true weight.

    Parameters
    ----------
    w : array (D²,)
        True weights, 1/a.u.
    estimates : array (D²,)
    errors : array (D²,) or float
        Half the length of the error bars.
    expected : array (D²,), optional
        What the estimates should be on average, drawn as a line; by default the line is that of
        estimates equal to the truth.
    label : str
        What is estimated, with its unit.
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
    w, estimates = np.ravel(w), np.ravel(estimates)
    line, name = (w, "equal") if expected is None else (np.ravel(expected), "expected")
    order = np.argsort(w)
    ax.axhline(0, color="black", lw=0.5)
    # Many pixels have nearly the same weight, their bars overlap: paler than the dots.
    bars = {"ms": 2.5, "elinewidth": 0.7, "ecolor": (colour(0), 0.35)}
    ax.errorbar(w, estimates, errors, fmt="o", color=colour(0), label="a pixel", **bars)
    ax.plot(w[order], line[order], color=colour(1), lw=2, zorder=3, label=name)
    ax.set(xlabel="true weight (1/a.u.)", ylabel=label)
    ax.legend(ncols=2, **ABOVE)
    return ax


def sample_size_curves(nT, correlations, *, ax=None):
    """Draw how well estimates agree with the truth against the number of bins, one dot per sample.

    Parameters
    ----------
    nT : array (n,)
        Numbers of bins.
    correlations : dict of str to array (n_samples, n)
        Names of estimators and their correlations with the true weights.
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
    for k, (name, values) in enumerate(correlations.items()):
        style = {"color": colour(k), "marker": MARKERS[k], "ms": 4}
        ax.plot(nT, np.mean(values, axis=0), label=name, **style)
        ax.plot(nT, np.transpose(values), color=colour(k), marker=".", ms=3, ls="")
    ax.set_xscale("log")
    ax.set_xticks(nT, [f"{n:,}" for n in nT])
    ax.minorticks_off()
    ax.set(xlabel="number of bins", ylabel="correlation with the true weights", ylim=(0, 1.02))
    ax.legend(loc="lower right")
    return ax
