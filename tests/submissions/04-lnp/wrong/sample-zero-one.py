# breaks: sample_lnp
# why: a stimulus of 0 and 1
# feedback: 0 and 1
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.integers(0, 2, (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
