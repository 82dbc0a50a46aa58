# breaks: sample_lnp
# why: ±2.5 for every s_i
# feedback: s_i was not used
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-2.5, 2.5], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
