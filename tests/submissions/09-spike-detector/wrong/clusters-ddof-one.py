# breaks: cluster_embedding
# why: standard deviation with ddof=1
# feedback: ddof=0
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=0)) / codes.std(axis=0, ddof=1)
    return DBSCAN(eps=eps, min_samples=min_samples).fit_predict(z)
