# breaks: masked_luminance
# why: the mask is not used
# feedback: whole image
# %% masked_luminance
def masked_luminance(image, mask):
    return image.mean()
