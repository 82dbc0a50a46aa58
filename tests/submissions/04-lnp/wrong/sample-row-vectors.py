# breaks: sample_lnp
# why: c and r are rows of shape (1, nT)
# feedback: should have shape (40,) but has (1, 40)
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w.reshape(1, -1) @ s) * dt * R
    return rng.poisson(r), r, s
