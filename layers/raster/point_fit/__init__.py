"""Control points that an analyst sets on a picture, and the fits that place the picture by them."""
