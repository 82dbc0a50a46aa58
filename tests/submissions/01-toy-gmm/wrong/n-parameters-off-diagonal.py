# breaks: n_parameters
# carries: mog_bic select_n_clusters
# why: d(d−1)/2 counts the covariances but not the variances
# feedback: d(d − 1)/2 | diagonal
# %% n_parameters
def n_parameters(n_clusters, n_dims):
    K, D = n_clusters, n_dims
    return int((K - 1) + K * D + K * D * (D - 1) / 2)
