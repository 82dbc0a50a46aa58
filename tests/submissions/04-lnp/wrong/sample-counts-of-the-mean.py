# breaks: sample_lnp
# why: the counts are drawn before the stimulus has its say
# feedback: do not depend on r
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    c = rng.poisson(r.mean(), size=nT)
    return c, r, s
