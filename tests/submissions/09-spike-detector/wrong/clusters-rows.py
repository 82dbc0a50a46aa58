# breaks: cluster_embedding
# why: standardised over rows
# feedback: axis=0
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=1, keepdims=True)) / codes.std(axis=1, keepdims=True)
    return DBSCAN(eps=eps, min_samples=min_samples).fit_predict(z)
