# breaks: t_logpdf
# why: takes a Gaussian for every nu
# feedback: this is a Gaussian
# %% t_logpdf
def t_logpdf(x, m, S, nu):
    from scipy import stats

    return stats.multivariate_normal.logpdf(x, m, S).reshape(len(x))
