# style: one helper returns value and gradient (jac=True), fmin_l_bfgs_b, a row vector inside
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    gen = np.random.Generator(np.random.MT19937(random_seed))
    s = np.where(gen.uniform(size=(nT, np.size(w))) < 0.5, -1, 1).T * (s_i / 2)
    r = np.exp(np.dot(np.reshape(w, (1, -1)), s)).flatten() * dt * R
    c = np.array([gen.poisson(x) for x in r])
    return [c, r, s]


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    def both(w):
        return negloglike_lnp(w, c, s, dt, R), deriv_negloglike_lnp(w, c, s, dt, R)
    from scipy import optimize
    w, value, info = optimize.fmin_l_bfgs_b(both, np.zeros(len(s)))
    return w
