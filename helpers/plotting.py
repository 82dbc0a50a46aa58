"""Drawing for the labs: small functions that take arrays and an axis, and compute nothing else.

Colours are the palette of Okabe and Ito, told apart by nearly everyone; wherever points of several
groups share an axis they differ in marker as well, so that a figure survives a grey print.
"""

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


def covariance_ellipse(mean, cov, n_std=2.0, *, ax=None, **line):
    """Draw the ellipse of points that lie `n_std` standard deviations from the mean.

    It is {m + n_std · L u : ‖u‖ = 1} with S = LLᵀ; two standard deviations hold 86 % of the points
    of a Gaussian in the plane.

    Parameters
    ----------
    mean : array (2,)
    cov : array (2, 2)
        Positive definite.
    n_std : float
        Mahalanobis distance of the ellipse from the mean.
    ax : matplotlib Axes, optional
        The current axes by default.
    **line
        Passed to `Axes.plot`.

    Returns
    -------
    matplotlib Line2D

    Raises
    ------
    numpy.linalg.LinAlgError
        If `cov` is not positive definite.
    TypeError
        If `ax` is not one panel.
    """
    angle = np.linspace(0, 2 * np.pi, 61)
    circle = np.array([np.cos(angle), np.sin(angle)])
    outline = np.asarray(mean)[:, None] + n_std * np.linalg.cholesky(cov) @ circle
    return _panel(ax).plot(*outline, **{"color": "black", "lw": 1.2} | line)[0]


def scatter_clusters(x, labels, m=None, S=None, *, title="", ax=None):
    """Draw points in the plane, each group with its own colour and marker.

    Parameters
    ----------
    x : array (n, 2)
    labels : array (n,)
        Group of every point, integers from 0.
    m, S : arrays (K, 2) and (K, 2, 2), optional
        Means, drawn as crosses, and covariances, drawn around them as ellipses of two standard
        deviations.
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
    x, labels = np.asarray(x), np.asarray(labels, dtype=int)
    for k in np.unique(labels):
        points = x[labels == k]
        style = {"color": colour(k), "marker": MARKERS[k % len(MARKERS)]}
        # plot() stamps one marker many times, which is much faster than scatter()
        ax.plot(*points.T, ls="", ms=2.2, mew=0, alpha=0.7, label=f"{k}", **style)
    if m is not None:
        ax.plot(*np.transpose(m), "+", color="black", ms=7, mew=1.5)
    if S is not None:
        for mean, cov in zip(np.asarray(m), np.asarray(S), strict=True):
            covariance_ellipse(mean, cov, ax=ax)
    ax.set_aspect("equal")
    ax.set_title(title)
    return ax


def shared_points(grid, weighted, shares, axes):
    """Draw, over a line, the weighted densities of some groups and the share each has in a point.

    Parameters
    ----------
    grid : array (n,)
        Positions, in arbitrary units.
    weighted : array (K, n)
        Weighted densities, per arbitrary unit.
    shares : array (K, n)
        Between 0 and 1, adding up to 1 over the groups.
    axes : two matplotlib Axes
    """
    for k, (density, share) in enumerate(zip(weighted, shares, strict=True)):
        axes[0].plot(grid, density, label=f"group {k}")
        axes[1].plot(grid, share)
        axes[1].fill_between(grid, share, alpha=0.15)
    axes[0].plot(grid, weighted.sum(axis=0), "k:", label="sum")
    axes[0].set(xlabel="x (a.u.)", ylabel="weighted density (1/a.u.)")
    axes[1].set(xlabel="x (a.u.)", ylabel="responsibility", ylim=(0, 1.02))
    axes[0].legend(loc="upper right")


def climbing_curves(n_iters, LL, *, ax=None):
    """Draw the log-likelihood against the number of iterations, one line per start.

    Parameters
    ----------
    n_iters : array (n,)
        Numbers of iterations, at least 1.
    LL : array (n_seeds, n)
        Log-likelihoods, in nats.
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
    for seed, climb in enumerate(LL):
        style = {"color": colour(seed), "marker": MARKERS[seed % len(MARKERS)], "ms": 4}
        ax.plot(n_iters, climb, label=f"seed {seed}", **style)
    ax.set_xscale("log")
    ax.set_xticks(n_iters, [f"{n}" for n in n_iters])
    ax.minorticks_off()
    ax.set(xlabel="EM iterations", ylabel="log-likelihood (nats)")
    ax.legend(loc="lower right")
    return ax


def bic_curve(K, bic, best_K=None, *, ax=None):
    """Draw the BIC against the number of clusters: a dot per start, a line through the best ones.

    The dots of one number of clusters are spread sideways a little, in the order of the starts.

    Parameters
    ----------
    K : array (n,)
        Numbers of clusters, in any order.
    bic : array (n_seeds, n)
        BIC of every start, in nats (twice the log-likelihood scale); smaller is better.
    best_K : int, optional
        The chosen number of clusters, marked by a ring.
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
    order = np.argsort(K)
    K, bic = np.asarray(K)[order], np.asarray(bic)[:, order]
    best = bic.min(axis=0)
    sideways = 0.3 * ((np.arange(len(bic)) + 0.5) / len(bic) - 0.5)
    ax.plot(K, best, color=colour(5), label="best of all starts")
    dots = ax.plot(K[:, None] + sideways, bic.T, "o", color=colour(0), ms=3.5, mew=0)
    dots[0].set_label("one start")
    if best_K is not None:
        ring = {"color": colour(1), "ms": 14, "mew": 1.5, "mfc": "none"}
        ax.plot(best_K, best[best_K == K].min(), "o", label=f"chosen: K = {best_K}", **ring)
    ax.set(xlabel="number of clusters K", ylabel="BIC (nats)", xticks=K)
    ax.legend(loc="upper right", markerscale=0.8)
    return ax


# --- correlograms -------------------------------------------------------------------------------


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


def voltage_traces(x, fs, start=0.0, *, thrd=None, found=None, true=None, title="", ax=None):
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
    ax.set_yticks(-step * np.arange(n_channels), [f"channel {c + 1}" for c in range(n_channels)])
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
    """Draw power spectra on logarithmic axes.

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
    ax.set(xlabel="frequency (Hz)", ylabel="power (µV²/Hz)", title=title)
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
            # a second round through the colours comes with other markers
            style = {"color": colour(k), "marker": MARKERS[(k + k // 8) % 8]}
            ax.plot(*first[groups == k][:, [i, j]].T, ls="", ms=1.8, mew=0, alpha=0.5, **style)
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
        ax.fill_between(places.ravel(), line - band, line + band, color=colour(k), alpha=0.35, lw=0)
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
    fig.colorbar(image, ax=axes[0], label="share of the unit's spikes", pad=0.02)
    rows = np.arange(n_units)
    axes[1].plot(precision, rows - 0.12, "o", color=colour(0), ms=5, label="precision")
    axes[1].plot(recall, rows + 0.12, "s", color=colour(1), ms=5, label="recall")
    axes[1].axvline(0.9, color="black", lw=0.8, ls="--")
    axes[1].set(xlabel="share", xlim=(-0.03, 1.03))
    axes[1].legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return fig, axes
