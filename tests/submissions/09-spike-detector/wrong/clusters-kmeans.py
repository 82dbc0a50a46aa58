# breaks: cluster_embedding
# why: k-means
# feedback: No label is −1
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    from sklearn.cluster import KMeans
    z = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    return KMeans(3, n_init=3, random_state=0).fit_predict(z)
