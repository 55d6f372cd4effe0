#include "png_reader.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

// The rest of a file that libpng has not taken yet.
struct rest {
    const uint8_t *next;
    size_t count;
};

static void take(png_structp png, png_bytep target, size_t count) {
    struct rest *rest = png_get_io_ptr(png);
    if (count > rest->count) png_error(png, "it ends too early");
    memcpy(target, rest->next, count);
    rest->next += count;
    rest->count -= count;
}

static void fail(png_structp png, png_const_charp reason) {
    snprintf(png_get_error_ptr(png), DQN_PNG_REASON_COUNT, "%s", reason);
    png_longjmp(png, 1);
}

static void pass_over(png_structp png, png_const_charp warning) {
    (void)png;
    (void)warning;
}

static void read_pixels(
    png_structp png, png_infop info, struct dqn_png_size size, uint8_t *pixels) {
    png_read_info(png, info);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
    else png_set_expand_gray_1_2_4_to_8(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t row_count = size.width * size.channels;
    if (png_get_image_height(png, info) != size.height || png_get_rowbytes(png, info) != row_count)
        png_error(png, "its header says two things");
    // A pass of an interlaced picture leaves the pixels of the others as they are.
    for (int pass = 0; pass < passes; pass += 1)
        for (size_t row = 0; row < size.height; row += 1)
            png_read_row(png, pixels + row * row_count, NULL);
    png_read_end(png, NULL);
}

bool dqn_png_read(
    const uint8_t *file,
    size_t count,
    struct dqn_png_size size,
    uint8_t *pixels,
    char *reason) {
    struct rest rest = {file, count};
    snprintf(reason, DQN_PNG_REASON_COUNT, "there is not enough memory");
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reason, fail, pass_over);
    if (png == NULL) return false;
    png_infop info = png_create_info_struct(png);
    if (info == NULL) {
        png_destroy_read_struct(&png, NULL, NULL);
        return false;
    }
    // Nothing that is used after the jump is changed before it (C11 §7.13.2.1).
    if (setjmp(png_jmpbuf(png)) != 0) {
        png_destroy_read_struct(&png, &info, NULL);
        return false;
    }
    png_set_read_fn(png, &rest, take);
    read_pixels(png, info, size, pixels);
    png_destroy_read_struct(&png, &info, NULL);
    return true;
}
