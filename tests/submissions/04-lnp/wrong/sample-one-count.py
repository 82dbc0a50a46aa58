# breaks: sample_lnp
# why: one count for all bins
# feedback: All counts are the same
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return np.array([np.random.default_rng(random_seed).poisson(dt * R) for _ in r]), r, s
