# breaks: t_logpdf
# why: makes an n × n matrix and keeps its diagonal
# feedback: 400 million
# %% t_logpdf
def t_logpdf(x, m, S, nu):
    d = len(m)
    r = x - m
    delta = np.diag(r @ np.linalg.inv(S) @ r.T)
    front = gammaln((nu + d) / 2) - gammaln(nu / 2) - d / 2 * np.log(nu * np.pi)
    return front - np.linalg.slogdet(S)[1] / 2 - (nu + d) / 2 * np.log1p(delta / nu)
