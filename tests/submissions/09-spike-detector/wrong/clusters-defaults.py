# breaks: cluster_embedding
# why: eps and min_samples are not passed on
# feedback: passed on
# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    return DBSCAN().fit_predict(z)
