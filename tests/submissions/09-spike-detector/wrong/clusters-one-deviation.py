# breaks: cluster_embedding
# why: one mean and one deviation for all columns
# feedback: axis=0
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean()) / codes.std()
    return DBSCAN(eps=eps, min_samples=min_samples).fit_predict(z)
