# breaks: sample_lnp
# why: counts are right, but r is returned per second
# feedback: dt is missing
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * R
    return rng.poisson(r * dt), r, s
