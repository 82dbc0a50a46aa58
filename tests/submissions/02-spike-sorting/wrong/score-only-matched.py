# breaks: score_sorting
# why: leaves out units that got no cluster
# feedback: shape
# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    units, clusters = np.unique(true_units), np.unique(labels)
    C = np.array([[np.sum((true_units == u) & (labels == c)) for c in clusters] for u in units])
    i, j = linear_sum_assignment(C, maximize=True)
    return C[i, j] / C.sum(0)[j], C[i, j] / C.sum(1)[i], clusters[j]
