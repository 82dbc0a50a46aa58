# breaks: score_sorting
# why: a unit gets a cluster that shares no spike with it
# feedback: Match is −1
# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    units, i = np.unique(true_units, return_inverse=True)
    clusters, j = np.unique(labels, return_inverse=True)
    C = np.zeros((len(units), len(clusters)), int)
    np.add.at(C, (i, j), 1)
    u, k = linear_sum_assignment(C, maximize=True)
    match, precision, recall = np.full(len(units), -1), np.zeros(len(units)), np.zeros(len(units))
    match[u], precision[u], recall[u] = clusters[k], C[u, k] / C.sum(0)[k], C[u, k] / C.sum(1)[u]
    return precision, recall, match
