# breaks: sample_lnp
# why: dt and R of the text are written into the function
# feedback: whatever dt and R are
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * 0.1 * 50
    return rng.poisson(r), r, s
