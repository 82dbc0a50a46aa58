# breaks: deriv_negloglike_lnp
# why: a coarse step of .01 in one direction only
# feedback: the gradient
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    f0 = negloglike_lnp(w, c, s, dt, R)
    return np.array([(negloglike_lnp(w + e, c, s, dt, R) - f0) / 0.01 for e in 0.01 * np.eye(len(w))])


# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), method="L-BFGS-B").x
