# breaks: sample_lnp
# why: normal noise of the right variance, rounded and cut at 0
# feedback: Poisson distribution | average count
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    c = np.maximum(0, np.round(rng.normal(r, np.sqrt(r))))
    return c, r, s
