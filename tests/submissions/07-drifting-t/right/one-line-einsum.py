# style: einsum and a column
# %% t_logpdf
def t_logpdf(x, m, S, nu):
    d, r = x.shape[1], np.asarray(x) - m
    delta = np.einsum("ni,ij,nj->n", r, np.linalg.inv(S), r, optimize=True)
    a = gammaln(np.array([(nu + d) / 2, nu / 2]))
    return a[0] - a[1] - 0.5 * (np.linalg.slogdet(nu * np.pi * S)[1] + (nu + d) * np.log1p(delta / nu))
