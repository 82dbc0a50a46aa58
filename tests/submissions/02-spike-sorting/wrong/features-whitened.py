# breaks: extract_features
# why: every feature is divided by its standard deviation
# feedback: divide
# %% extract_features
from sklearn.decomposition import PCA


def extract_features(w):
    return np.hstack([PCA(n_components=3, whiten=True).fit_transform(w[:, :, c]) for c in range(4)])
