# breaks: class_weights
# carries: train
# why: the two weights exchanged
# feedback: exchanged
# %% class_weights
def class_weights(y):
    n = np.bincount(y)
    return n.sum() / (2 * n[::-1])
