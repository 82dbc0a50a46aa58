# breaks: fit_lnp
# why: dt and R are not passed on
# feedback: dt = .1 and R = 50 | args=(c, s, dt, R)
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    return minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s), jac=deriv_negloglike_lnp).x
