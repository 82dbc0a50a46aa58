# breaks: start_similarity
# why: the sign is lost
# feedback: sign was lost
# %% start_similarity
def start_similarity(image_a, image_b):
    return abs(np.corrcoef(image_a.ravel(), image_b.ravel())[0, 1])
