# breaks: macro_scores
# carries: train
# why: all pooled
# feedback: micro
# %% macro_scores
def macro_scores(y, predicted):
    a = np.mean(y == predicted)
    return {"accuracy": a, "precision": a, "recall": a, "f1": a}
