# breaks: sample_lnp
# why: any value between −s_i/2 and s_i/2
# feedback: two values
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.uniform(-s_i / 2, s_i / 2, (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
