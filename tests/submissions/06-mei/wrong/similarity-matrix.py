# breaks: start_similarity
# why: the whole matrix
# feedback: [0, 1]
# %% start_similarity
def start_similarity(image_a, image_b):
    return np.corrcoef(image_a.ravel(), image_b.ravel())
