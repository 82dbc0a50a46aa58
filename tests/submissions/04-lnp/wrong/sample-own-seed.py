# breaks: sample_lnp
# why: always the seed 10
# feedback: not from a number of your own
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(10)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
