# breaks: sample_lnp
# why: the exponential was forgotten, negative rates were cut off
# feedback: exp(w @ s)
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.maximum(0, w @ s) * dt * R
    return rng.poisson(r), r, s
