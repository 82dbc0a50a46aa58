# breaks: masked_contrast
# why: the mask is not used
# feedback: whole image
# %% masked_contrast
def masked_contrast(image, mask):
    return image.std()
