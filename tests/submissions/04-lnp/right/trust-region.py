# style: trust-ncg with the Hessian
# %% fit_lnp
def fit_lnp(c, s, dt=0.1, R=50):
    def hess(w, c, s, dt, R):
        return (s * (np.exp(w @ s) * dt * R)) @ s.T
    result = minimize(negloglike_lnp, np.zeros(len(s)), args=(c, s, dt, R), method="trust-ncg",
                               jac=deriv_negloglike_lnp, hess=hess)
    return result.x
