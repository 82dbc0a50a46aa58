"""Figures of lab 01: clusters, covariance ellipses, EM and model selection."""

import numpy as np

from .style import MARKERS, _panel, colour


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
    ticks = K if len(K) <= 12 else K[K % 5 == 0]  # so that the numbers have room
    ax.set(xlabel="number of clusters K", ylabel="BIC (nats)", xticks=ticks)
    ax.legend(loc="upper right", markerscale=0.8)
    return ax


# --- correlograms -------------------------------------------------------------------------------
