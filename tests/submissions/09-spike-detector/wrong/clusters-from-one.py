# breaks: cluster_embedding
# why: clusters counted from 1
# feedback: 0, 1, 2
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    labels = DBSCAN(eps=eps, min_samples=min_samples).fit_predict(z)
    return np.where(labels >= 0, labels + 1, -1)
