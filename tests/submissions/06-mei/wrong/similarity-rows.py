# breaks: start_similarity
# why: correlates rows
# feedback: np.ravel both
# %% start_similarity
def start_similarity(image_a, image_b):
    return np.corrcoef(image_a, image_b)[0, 1]
