# breaks: sample_lnp
# why: random > .6
# feedback: equally likely
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = np.where(rng.random((len(w), nT)) > 0.6, s_i / 2, -s_i / 2)
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
