# breaks: score_sorting
# why: one value for each cluster instead of each unit
# feedback: true unit
# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    units, clusters = np.unique(true_units), np.unique(labels)
    C = np.array([[np.sum((true_units == u) & (labels == c)) for u in units] for c in clusters])
    i, j = linear_sum_assignment(C, maximize=True)
    match = np.full(len(clusters), -1)
    precision, recall = np.zeros((2, len(clusters)))
    match[i] = units[j]
    precision[i] = C[i, j] / C.sum(1)[i]
    recall[i] = C[i, j] / C.sum(0)[j]
    return precision, recall, match
