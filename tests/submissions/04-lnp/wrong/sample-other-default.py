# breaks: sample_lnp
# why: the default seed was changed
# feedback: random_seed=10
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=0):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
