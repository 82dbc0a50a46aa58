# breaks: class_weights
# why: 1/n_c
# feedback: without the factor n/2
# %% class_weights
def class_weights(y):
    return 1 / np.bincount(y)
