# breaks: cluster_embedding
# why: the last column is left out
# feedback: clusters came back
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    return DBSCAN(eps=eps, min_samples=min_samples).fit_predict(z[:, :2])
