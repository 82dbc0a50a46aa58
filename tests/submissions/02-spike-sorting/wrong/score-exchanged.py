# breaks: score_sorting
# why: precision and recall exchanged
# feedback: exchanged
# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    units, clusters = np.unique(true_units), np.unique(labels)
    C = np.array([[np.sum((true_units == u) & (labels == c)) for c in clusters] for u in units])
    i, j = linear_sum_assignment(C, maximize=True)
    match = np.full(len(units), -1)
    precision, recall = np.zeros(len(units)), np.zeros(len(units))
    match[i] = clusters[j]
    precision[i] = C[i, j] / C.sum(1)[i]
    recall[i] = C[i, j] / C.sum(0)[j]
    return precision, recall, match
