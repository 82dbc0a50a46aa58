# breaks: score_sorting
# why: cluster k is taken for unit k
# feedback: match
# %% score_sorting
def score_sorting(true_units, labels):
    units = np.unique(true_units)
    precision, recall = np.zeros((2, len(units)))
    for i, u in enumerate(units):
        hits = np.sum((labels == u) & (true_units == u))
        precision[i] = hits / max(np.sum(labels == u), 1)
        recall[i] = hits / np.sum(true_units == u)
    return precision, recall, units
