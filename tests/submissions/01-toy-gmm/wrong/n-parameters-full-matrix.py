# breaks: n_parameters
# carries: mog_bic select_n_clusters
# why: counts all d² entries of a symmetric matrix
# feedback: symmetric
# %% n_parameters
n_parameters = lambda n_clusters, n_dims: n_clusters * n_dims + n_clusters * n_dims**2 + n_clusters - 1
