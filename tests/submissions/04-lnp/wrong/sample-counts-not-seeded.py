# breaks: sample_lnp
# why: the seed fixes the stimulus, not the counts
# feedback: draw everything from it
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    from scipy import stats
    rng = np.random.default_rng(random_seed)
    s = rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ s) * dt * R
    return stats.poisson.rvs(r), r, s
