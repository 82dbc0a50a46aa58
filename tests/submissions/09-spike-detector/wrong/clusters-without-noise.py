# breaks: cluster_embedding
# why: noise is left out
# feedback: One label for each code
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    labels = DBSCAN(eps=eps, min_samples=min_samples).fit_predict(z)
    return labels[labels >= 0]
