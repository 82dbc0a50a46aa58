# breaks: sample_lnp
# why: a new generator with the same seed for every bin
# feedback: one generator made before any loop
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    c = np.array([np.random.default_rng(random_seed).poisson(x) for x in r])
    return c, r, s
