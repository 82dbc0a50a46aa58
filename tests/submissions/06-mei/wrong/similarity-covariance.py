# breaks: start_similarity
# why: a covariance
# feedback: covariance
# %% start_similarity
def start_similarity(image_a, image_b):
    return np.mean((image_a - image_a.mean()) * (image_b - image_b.mean()))
