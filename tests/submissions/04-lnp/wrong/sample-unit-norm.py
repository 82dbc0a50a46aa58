# breaks: sample_lnp
# why: w is brought to norm 1 first
# feedback: divided by its norm
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    w = w / np.linalg.norm(w)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
