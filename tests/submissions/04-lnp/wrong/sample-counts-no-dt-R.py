# breaks: sample_lnp
# why: r is right, but the counts are drawn with exp(wᵀs)
# feedback: drawn without Δt·R
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    drive = w @ s
    return rng.poisson(np.exp(drive)), np.exp(drive) * dt * R, s
