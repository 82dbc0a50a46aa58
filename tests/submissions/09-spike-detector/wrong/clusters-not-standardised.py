# breaks: cluster_embedding
# why: codes as they are
# feedback: noise
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    return DBSCAN(eps=eps, min_samples=min_samples).fit_predict(codes)
