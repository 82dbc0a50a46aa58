# breaks: masked_contrast
# why: pixels outside count as zeros
# feedback: zeros
# %% masked_contrast
def masked_contrast(image, mask):
    return (image * mask).std()
