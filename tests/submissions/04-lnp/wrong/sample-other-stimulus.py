# breaks: sample_lnp
# why: the stimulus that is returned is not the one the neuron saw
# feedback: Take the s that you return
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    rng = np.random.default_rng(random_seed)
    draw = lambda: rng.choice([-s_i / 2, s_i / 2], (len(w), nT))
    r = np.exp(w @ draw()) * dt * R
    return rng.poisson(r), r, draw()
