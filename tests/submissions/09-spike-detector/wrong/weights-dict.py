# breaks: class_weights
# carries: train
# why: a dict
# feedback: not a dict
# %% class_weights
def class_weights(y):
    n = np.bincount(y)
    return {c: len(y) / (2 * n[c]) for c in (0, 1)}
