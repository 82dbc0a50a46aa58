# breaks: sample_lnp
# why: ±s_i, where s_i is the distance between the values
# feedback: distance between
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-1, 1], (len(w), nT)) * s_i
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
