# style: scikit-learn does the counting
# %% class_weights
from sklearn.utils.class_weight import compute_class_weight


def class_weights(y):
    return compute_class_weight("balanced", classes=np.array([0, 1]), y=y)


# %% macro_scores
from sklearn.metrics import accuracy_score, precision_recall_fscore_support


def macro_scores(y, predicted):
    p, r, f, _ = precision_recall_fscore_support(y, predicted, labels=[0, 1], average="macro", zero_division=0)
    return dict(accuracy=accuracy_score(y, predicted), precision=p, recall=r, f1=f)


# %% cluster_embedding
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def cluster_embedding(codes, eps, min_samples):
    return make_pipeline(StandardScaler(), DBSCAN(eps=eps, min_samples=min_samples)).fit_predict(codes)
