# breaks: sample_lnp
# why: a normal stimulus of standard deviation s_i/2
# feedback: two values | normal distribution
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.normal(0, s_i / 2, (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
