# breaks: n_parameters
# carries: mog_bic select_n_clusters
# why: d(d+1) instead of d(d+1)/2 per covariance
# feedback: d(d + 1) | symmetric
# %% n_parameters
def n_parameters(n_clusters, n_dims):
    return n_clusters * (n_dims + n_dims * (n_dims + 1) + 1) - 1
