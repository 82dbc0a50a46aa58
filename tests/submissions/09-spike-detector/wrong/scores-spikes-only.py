# breaks: macro_scores
# carries: train
# why: scores of class 1 alone
# feedback: only the class of spikes
# %% macro_scores
def macro_scores(y, predicted):
    precision, recall, f1 = [], [], []
    for c in (1,):
        hits = np.sum((y == c) & (predicted == c))
        n_true, n_called = np.sum(y == c), np.sum(predicted == c)
        precision.append(hits / n_called if n_called else 0.0)
        recall.append(hits / n_true if n_true else 0.0)
        p, r = precision[-1], recall[-1]
        f1.append(2 * p * r / (p + r) if p + r else 0.0)
    return {"accuracy": np.mean(y == predicted), "precision": np.mean(precision), "recall": np.mean(recall), "f1": np.mean(f1)}
