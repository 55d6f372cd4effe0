#ifndef DQN_PNG_READER_H
#define DQN_PNG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Bytes of a reason, the 0 at its end included.
enum { DQN_PNG_REASON_COUNT = 128 };

// What the header of a file was found to say.
struct dqn_png_size {
    size_t height, width;
    // 1 for gray levels, 3 for colours and palettes.
    size_t channels;
};

// Reads the samples of a PNG as they are stored: no gamma, transparency dropped, the high byte of
// 16 bits, 1, 2 and 4 bits spread over 0...255.
//
// `pixels` takes height × width × channels bytes. Where the file is damaged, the result is false
// and `reason` says why in libpng's words; libpng's longjmp ends in here.
bool dqn_png_read(
    const uint8_t *file,
    size_t count,
    struct dqn_png_size size,
    uint8_t *pixels,
    char *reason);

#pragma clang assume_nonnull end

#endif
