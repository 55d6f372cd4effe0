#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <png.h>

// The macro's value, which Swift cannot see: no PNG of this picture is longer.
static inline png_alloc_size_t cpng_size_limit(const png_image *image) {
    return PNG_IMAGE_PNG_SIZE_MAX(*image);
}

#endif
