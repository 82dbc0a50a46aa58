"""Lab 01: the answers printed in the notebook and the fast form in helpers.mixture are the same algorithm."""

import numpy as np
import pytest
from conftest import names_of

from helpers import mixture

TOY = (
    np.array([[0.0, 0.0], [5.0, 1.0], [0.0, 4.0]]),
    np.array([np.eye(2), [[2.0, 1.0], [1.0, 2.0]], [[1.0, -0.5], [-0.5, 1.0]]]),
    np.array([0.3, 0.5, 0.2]),
)


@pytest.fixture(scope="module")
def answers(lab):
    """The notebook's own functions."""
    return names_of(lab)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("d", "K"), [(2, 3), (12, 4), (1, 2)])
def test_fits_agree(answers, seed, d, K):
    x = np.random.default_rng(seed).normal(size=(300, d)) + 4 * (np.arange(300) % K)[:, None]
    ours = mixture.fit_mog(x, K, n_iters=30, random_seed=seed)
    theirs = answers["fit_mog"](x, K, n_iters=30, random_seed=seed)
    np.testing.assert_array_equal(ours[0], theirs[0])
    for mine, other in zip(ours[1:], theirs[1:], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_bic_and_selection_agree(answers, seed):
    _, x = mixture.sample_data(400, *TOY, random_seed=seed)
    _, m, S, p = mixture.fit_mog(x, 3, n_iters=20, random_seed=seed)
    np.testing.assert_allclose(
        answers["mog_bic"](x, m, S, p), mixture.mog_bic(x, m, S, p), rtol=1e-10
    )
    mine, other = (
        f(x, [2, 4, 3], 2) for f in (mixture.select_n_clusters, answers["select_n_clusters"])
    )
    assert mine[0] == other[0]
    np.testing.assert_allclose(mine[1], other[1], rtol=1e-8)


def test_samples_agree(answers):
    for mine, other in zip(
        mixture.sample_data(50, *TOY, 3), answers["sample_data"](50, *TOY, 3), strict=True
    ):
        np.testing.assert_allclose(mine, other)
