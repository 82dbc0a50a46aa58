# breaks: sample_lnp
# why: random_seed is not used
# feedback: same result
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    s = np.random.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return np.random.poisson(r), r, s
