# breaks: sample_lnp
# why: the counts are drawn with mean dt·R
# feedback: dt·R: use r
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    c = rng.poisson(dt * R, size=nT)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return c, r, s
