# breaks: score_sorting
# why: uses units and labels as indices, as if they ran from 0 without gaps
# feedback: sorted true unit
# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    C = np.zeros((true_units.max() + 1, labels.max() + 1))
    np.add.at(C, (true_units, labels), 1)
    i, j = linear_sum_assignment(C, maximize=True)
    match = np.full(len(C), -1)
    precision, recall = np.zeros(len(C)), np.zeros(len(C))
    match[i] = j
    precision[i] = C[i, j] / np.maximum(C.sum(0)[j], 1)
    recall[i] = C[i, j] / np.maximum(C.sum(1)[i], 1)
    return precision, recall, match
