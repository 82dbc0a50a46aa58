# breaks: class_weights
# carries: train
# why: the frequencies themselves
# feedback: frequencies | rare
# %% class_weights
def class_weights(y):
    return np.bincount(y) / len(y)
