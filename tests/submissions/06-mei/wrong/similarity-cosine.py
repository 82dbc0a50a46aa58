# breaks: start_similarity
# why: means not subtracted
# feedback: not subtracted
# %% start_similarity
def start_similarity(image_a, image_b):
    return np.sum(image_a * image_b) / np.sqrt(np.sum(image_a**2) * np.sum(image_b**2))
