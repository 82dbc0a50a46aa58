# breaks: class_weights
# carries: train
# why: one weight for each waveform
# feedback: one for each waveform
# %% class_weights
def class_weights(y):
    n = np.bincount(y)
    return (len(y) / (2 * n))[y]
