# breaks: cluster_embedding
# why: the fitted object
# feedback: fit_predict
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    return DBSCAN(eps=eps, min_samples=min_samples).fit(z)
