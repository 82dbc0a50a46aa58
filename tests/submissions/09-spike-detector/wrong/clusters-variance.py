# breaks: cluster_embedding
# why: divided by the variance
# feedback: standard
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=0)) / codes.var(axis=0)
    return DBSCAN(eps=eps, min_samples=min_samples).fit_predict(z)
