# breaks: sample_lnp
# why: the stimulus is a stack of images
# feedback: should have shape (9, 40)
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    D = int(np.sqrt(len(w)))
    return rng.poisson(r), r, s.reshape(D, D, nT)
