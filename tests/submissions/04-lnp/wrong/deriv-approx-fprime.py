# breaks: deriv_negloglike_lnp
# why: finite differences instead of the formula
# feedback: finite differences
# %% deriv_negloglike_lnp
def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    return approx_fprime(w, lambda v: float(negloglike_lnp(v, c, s, dt, R)), 1.5e-8)
