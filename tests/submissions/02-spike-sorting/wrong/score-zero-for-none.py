# breaks: score_sorting
# why: a unit without a cluster has match 0, which is the name of a cluster
# feedback: −1
# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    units, clusters = np.unique(true_units), np.unique(labels)
    C = np.array([[np.sum((true_units == u) & (labels == c)) for c in clusters] for u in units])
    i, j = linear_sum_assignment(C, maximize=True)
    match, precision, recall = np.zeros((3, len(units)))
    match[i] = clusters[j]
    precision[i] = C[i, j] / C.sum(0)[j]
    recall[i] = C[i, j] / C.sum(1)[i]
    return precision, recall, match
