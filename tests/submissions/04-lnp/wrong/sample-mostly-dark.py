# breaks: sample_lnp
# why: bright with probability .45
# feedback: equally likely
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT), p=[0.55, 0.45])
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
