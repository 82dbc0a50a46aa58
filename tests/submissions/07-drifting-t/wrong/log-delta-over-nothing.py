# breaks: t_logpdf
# why: forgets to divide by nu
# feedback: δ is not divided by ν
# %% t_logpdf
def t_logpdf(x, m, S, nu):
    d = len(m)
    L = np.linalg.cholesky(S)
    delta = np.sum(np.linalg.solve(L, (x - m).T) ** 2, axis=0)
    log_det = 2 * np.sum(np.log(np.diag(L)))
    at_centre = gammaln((nu + d) / 2) - gammaln(nu / 2) - (d * np.log(nu * np.pi) + log_det) / 2
    return at_centre - (nu + d) / 2 * np.log1p(delta)
