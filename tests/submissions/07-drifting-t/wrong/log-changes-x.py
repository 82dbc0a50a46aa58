# breaks: t_logpdf
# why: centres x in place
# feedback: in place
# %% t_logpdf
def t_logpdf(x, m, S, nu):
    """Return the log density (n,) of the t-distribution at the rows of x (n, d).

    m (d,), S (d, d) scale matrix, nu degrees of freedom.
    """
    d = len(m)
    x -= m
    L = np.linalg.cholesky(S)
    delta = np.sum((np.linalg.inv(L) @ x.T) ** 2, axis=0)
    log_det = 2 * np.sum(np.log(np.diag(L)))
    at_centre = gammaln((nu + d) / 2) - gammaln(nu / 2) - (d * np.log(nu * np.pi) + log_det) / 2
    return at_centre - (nu + d) / 2 * np.log1p(delta / nu)
