# style: loops over bins and pixels, plain lists, the random module of Python for the stimulus
# %% sample_lnp
def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    import random
    coin = random.Random(random_seed)
    rng = np.random.default_rng(random_seed + 1)
    s = [[s_i / 2 if coin.random() < 0.5 else -s_i / 2 for _ in range(nT)] for _ in w]
    c, r = [], []
    for t in range(nT):
        u = 0
        for i in range(len(w)):
            u += w[i] * s[i][t]
        r.append(np.exp(u) * dt * R)
        c.append(int(rng.poisson(r[-1])))
    return c, r, s


# %% negloglike_lnp
def negloglike_lnp(w, c, s, dt=0.1, R=50):
    total = 0
    for t in range(len(c)):
        u = sum(w[i] * s[i, t] for i in range(len(w)))
        total = total + np.exp(u) * dt * R - c[t] * u
    return total


# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    dL = [0.0] * len(w)
    for t in range(len(c)):
        e = np.exp(w @ s[:, t]) * dt * R - c[t]
        for i in range(len(w)):
            dL[i] += s[i, t] * e
    return dL


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    def f(w):
        return np.sum(np.exp(w @ s) * dt * R) - c @ (w @ s)
    def g(w):
        return s @ (np.exp(w @ s) * dt * R - c)
    return list(minimize(f, np.zeros(s.shape[0]), jac=g, method="CG").x)
