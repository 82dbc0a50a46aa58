# breaks: sample_lnp
# why: w is turned before it meets the stimulus
# feedback: rows and columns of w are swapped
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    D = int(np.sqrt(len(w)))
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w.reshape(D, D).flatten("F") @ s) * dt * R
    return rng.poisson(r), r, s
