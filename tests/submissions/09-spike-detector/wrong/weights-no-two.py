# breaks: class_weights
# why: without the factor 1/2
# feedback: factor 1/2
# %% class_weights
def class_weights(y):
    n = np.bincount(y)
    return n.sum() / n
