# breaks: class_weights
# why: sum of the two is 1
# feedback: divided by their sum
# %% class_weights
def class_weights(y):
    w = 1 / np.bincount(y)
    return w / w.sum()
