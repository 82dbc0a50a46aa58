# breaks: start_similarity
# why: the whole result of pearsonr
# feedback: .statistic
# %% start_similarity
def start_similarity(image_a, image_b):
    return stats.pearsonr(np.ravel(image_a), np.ravel(image_b))
