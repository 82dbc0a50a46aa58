# breaks: score_sorting
# why: compares every spike with every other in Python loops: hopeless with 40,000 spikes
# feedback: did not finish
# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    units, clusters = sorted(set(true_units)), sorted(set(labels))
    C = np.zeros((len(units), len(clusters)))
    for n in range(len(labels)):
        for other in range(len(labels)):
            if n == other:
                C[units.index(true_units[n]), clusters.index(labels[other])] += 1
    i, j = linear_sum_assignment(C, maximize=True)
    i, j = i[C[i, j] > 0], j[C[i, j] > 0]
    match = np.full(len(units), -1)
    precision, recall = np.zeros((2, len(units)))
    match[i] = np.array(clusters)[j]
    precision[i] = C[i, j] / C.sum(0)[j]
    recall[i] = C[i, j] / C.sum(1)[i]
    return precision, recall, match
