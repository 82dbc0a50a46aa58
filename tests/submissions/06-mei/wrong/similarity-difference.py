# breaks: start_similarity
# why: a mean squared difference
# feedback: difference
# %% start_similarity
def start_similarity(image_a, image_b):
    return np.mean((image_a - image_b) ** 2)
