# breaks: n_parameters
# carries: mog_bic select_n_clusters
# why: counts K weights although they sum to one
# feedback: K − 1 | weights
# %% n_parameters
def n_parameters(n_clusters, n_dims):
    means = n_clusters * n_dims
    covariances = n_clusters * n_dims * (n_dims + 1) // 2
    weights = n_clusters
    return means + covariances + weights
