# breaks: score_sorting
# why: takes as many clusters as units for granted
# feedback: raised
# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    units, clusters = np.unique(true_units), np.unique(labels)
    C = np.array([[np.sum((true_units == u) & (labels == c)) for c in clusters] for u in units])
    _, j = linear_sum_assignment(-C)
    precision = [C[i, j[i]] / C[:, j[i]].sum() for i in range(len(units))]
    recall = [C[i, j[i]] / C[i].sum() for i in range(len(units))]
    return precision, recall, clusters[j]
