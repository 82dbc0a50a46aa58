# breaks: macro_scores
# carries: train
# why: 0/0 is not caught
# feedback: 0/0
# %% macro_scores
def macro_scores(y, predicted):
    with np.errstate(all="ignore"):
        hits = np.array([np.sum((y == c) & (predicted == c)) for c in (0, 1)])
        called, true = np.bincount(predicted, minlength=2), np.bincount(y, minlength=2)
        p, r = hits / called, hits / true
        return {"accuracy": np.mean(y == predicted), "precision": p.mean(), "recall": r.mean(), "f1": (2 * p * r / (p + r)).mean()}
