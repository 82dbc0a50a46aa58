# breaks: sample_lnp
# why: one row per bin
# feedback: transposed | One row for each of the D² pixels
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (nT, len(w)))
    r = np.exp(s @ w) * dt * R
    return rng.poisson(r), r, s
