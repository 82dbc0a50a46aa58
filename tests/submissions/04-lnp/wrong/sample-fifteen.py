# breaks: sample_lnp
# why: 15 × 15 pixels are written into the function
# feedback: raised ValueError | take D² from it
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (15 * 15, nT))
    r = np.exp(w @ s) * dt * R
    return rng.poisson(r), r, s
