/// Lays out, a row a place, what the kernel sees there ("im2col"), so that a convolution becomes a
/// matrix product.
///
/// - Parameters:
///   - image: shape (inputHeight, inputWidth, inputChannels).
///   - shape: The sizes of the convolution.
///   - patches: shape (positionCount, patchLength), a patch being (kernelSize, kernelSize,
///     inputChannels), with zeros where it reaches over the image's edge.
func gatherPatches(
    of image: Span<Float>,
    shape: ConvolutionShape,
    into patches: inout MutableSpan<Float>
) {
    precondition(
        image.count == shape.inputCount && patches.count == shape.positionCount * shape.patchLength
    )
    let rowLength = shape.kernelSize * shape.inputChannels
    unsafe image.withUnsafeBufferPointer { image in
        unsafe patches.withUnsafeMutableBufferPointer { patches in
            guard let source = image.baseAddress, let target = patches.baseAddress else { return }
            forEachPatchRow(of: shape) { imageOffset, patchOffset, skipped, count in
                let row = unsafe target + patchOffset
                if count < rowLength {
                    unsafe row.update(repeating: 0, count: rowLength)
                }
                unsafe (row + skipped).update(from: source + imageOffset, count: count)
            }
        }
    }
}

/// Adds every number of every patch to the pixel it was taken from ("col2im"), the reverse of
/// `gatherPatches`.
///
/// - Parameters:
///   - patches: shape (positionCount, patchLength).
///   - shape: The sizes of the convolution.
///   - image: shape (inputHeight, inputWidth, inputChannels); overwritten.
func scatterPatches(
    _ patches: Span<Float>,
    shape: ConvolutionShape,
    into image: inout MutableSpan<Float>
) {
    precondition(
        image.count == shape.inputCount && patches.count == shape.positionCount * shape.patchLength
    )
    image.fill(0)
    unsafe patches.withUnsafeBufferPointer { patches in
        unsafe image.withUnsafeMutableBufferPointer { image in
            guard let source = patches.baseAddress, let target = image.baseAddress else { return }
            forEachPatchRow(of: shape) { imageOffset, patchOffset, skipped, count in
                let pixels = unsafe target + imageOffset
                let row = unsafe source + patchOffset + skipped
                for index in 0..<count {
                    unsafe pixels[index] += row[index]
                }
            }
        }
    }
}

/// Visits every row of every patch: where its numbers lie in the image and in the patches, how many
/// numbers at its beginning fall outside the image, and how many lie within.
@inline(__always)
private func forEachPatchRow(
    of shape: ConvolutionShape,
    _ visit: (_ imageOffset: Int, _ patchOffset: Int, _ skipped: Int, _ count: Int) -> Void
) {
    let channels = shape.inputChannels
    let rowLength = shape.kernelSize * channels
    var patchOffset = 0
    for outputRow in 0..<shape.outputHeight {
        let firstRow = outputRow * shape.stride - shape.padding
        for outputColumn in 0..<shape.outputWidth {
            let firstColumn = outputColumn * shape.stride - shape.padding
            let columns =
                max(firstColumn, 0)..<min(firstColumn + shape.kernelSize, shape.inputWidth)
            let skipped = (columns.lowerBound - firstColumn) * channels
            for row in firstRow..<(firstRow + shape.kernelSize) {
                if (0..<shape.inputHeight).contains(row) {
                    let imageOffset = (row * shape.inputWidth + columns.lowerBound) * channels
                    visit(imageOffset, patchOffset, skipped, columns.count * channels)
                } else {
                    visit(0, patchOffset, 0, 0)
                }
                patchOffset += rowLength
            }
        }
    }
}
