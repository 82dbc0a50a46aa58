# breaks: sample_lnp
# why: at most one spike per bin
# feedback: more than one spike
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    c = (rng.random(nT) < 1 - np.exp(-r)).astype(int)
    return c, r, s
