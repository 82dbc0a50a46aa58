# breaks: sample_lnp
# why: only ten different frames, over and over
# feedback: bins later
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = np.tile(rng.choice([-s_i / 2, s_i / 2], (len(w), 10)), nT // 10 + 1)[:, :nT]
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
