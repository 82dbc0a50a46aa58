# breaks: score_sorting
# why: each unit takes the cluster it overlaps with most, two may share one
# feedback: one-to-one
# %% score_sorting
def score_sorting(true_units, labels):
    units = np.unique(true_units)
    precision, recall, match = [], [], []
    for u in units:
        names, counts = np.unique(labels[true_units == u], return_counts=True)
        best = names[counts.argmax()]
        match.append(best)
        precision.append(counts.max() / np.sum(labels == best))
        recall.append(counts.max() / np.sum(true_units == u))
    return np.array(precision), np.array(recall), np.array(match)
