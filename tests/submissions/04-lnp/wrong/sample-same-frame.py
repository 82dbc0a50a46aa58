# breaks: sample_lnp
# why: a new generator with the same seed for the frame of every bin
# feedback: Draw a new frame for every bin
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    frames = [np.random.default_rng(random_seed).choice([-s_i / 2, s_i / 2], len(w)) for _ in range(nT)]
    s = np.array(frames).T
    r = np.exp(w @ s) * dt * R
    return np.random.default_rng(random_seed).poisson(r), r, s
