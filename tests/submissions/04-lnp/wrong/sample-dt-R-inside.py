# breaks: sample_lnp
# why: dt·R inside the exponential
# feedback: inside the exponential
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s * dt * R)
    return rng.poisson(np.minimum(r, 1e6)), r, s
