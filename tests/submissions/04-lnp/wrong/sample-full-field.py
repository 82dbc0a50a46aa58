# breaks: sample_lnp
# why: all pixels of a bin flicker together
# feedback: not one for a whole frame
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = np.ones((len(w), 1)) * rng.choice([-s_i / 2, s_i / 2], nT)
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
