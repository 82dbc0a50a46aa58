# breaks: sample_lnp
# why: r is exp(wᵀs) alone
# feedback: Δt·R is missing
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s)
    return rng.poisson(r), r, s
