# breaks: cluster_embedding
# why: labels from 0 with noise as 0
# feedback: No label is −1
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    return DBSCAN(eps=eps, min_samples=min_samples).fit_predict(z) + 1
