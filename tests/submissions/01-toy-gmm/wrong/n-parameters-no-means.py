# breaks: n_parameters
# carries: mog_bic select_n_clusters
# why: forgets the means
# feedback: means
# %% n_parameters
def n_parameters(n_clusters, n_dims):
    # symmetric matrix: upper triangle with the diagonal
    per_cov = sum(1 for i in range(n_dims) for j in range(i, n_dims))
    return per_cov * n_clusters + (n_clusters - 1)
