# breaks: cluster_embedding
# why: indices of the cores
# feedback: labels
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    return DBSCAN(eps=eps, min_samples=min_samples).fit(z).core_sample_indices_
