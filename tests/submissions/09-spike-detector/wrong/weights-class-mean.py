# breaks: class_weights
# why: mean over classes is 1
# feedback: mean over the two classes
# %% class_weights
def class_weights(y):
    w = 1 / np.bincount(y)
    return 2 * w / w.sum()
