# breaks: sample_lnp
# why: counts are drawn from the rate per second
# feedback: drawn with the rate per second
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    rate = np.exp(w @ s) * R
    c = rng.poisson(rate)
    return c, rate * dt, s
