/// The sizes of a two-dimensional convolution with square kernels, over channels-last images.
public struct ConvolutionShape: Hashable, Sendable {
    /// Rows of the input image.
    public let inputHeight: Int
    /// Columns of the input image.
    public let inputWidth: Int
    /// Numbers a pixel of the input.
    public let inputChannels: Int
    /// Numbers a pixel of the output: how many kernels there are.
    public let outputChannels: Int
    /// Rows and columns of a kernel.
    public let kernelSize: Int
    /// How many pixels the kernel moves between two outputs, down and to the right.
    public let stride: Int
    /// Rows and columns of zeros around the input.
    public let padding: Int

    /// Creates the shape, or nil where the kernel does not fit the padded image.
    public init?(
        inputHeight: Int,
        inputWidth: Int,
        inputChannels: Int,
        outputChannels: Int,
        kernelSize: Int,
        stride: Int,
        padding: Int = 0
    ) {
        guard inputHeight > 0, inputWidth > 0, inputChannels > 0, outputChannels > 0,
            kernelSize > 0, stride > 0, (0..<kernelSize).contains(padding),
            kernelSize <= min(inputHeight, inputWidth) + 2 * padding
        else { return nil }
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernelSize = kernelSize
        self.stride = stride
        self.padding = padding
    }

    /// Rows of the output image.
    public var outputHeight: Int { (inputHeight + 2 * padding - kernelSize) / stride + 1 }
    /// Columns of the output image.
    public var outputWidth: Int { (inputWidth + 2 * padding - kernelSize) / stride + 1 }
    /// Pixels of the output image: how many places the kernel is laid on.
    public var positionCount: Int { outputHeight * outputWidth }
    /// Numbers under the kernel at one place.
    public var patchLength: Int { kernelSize * kernelSize * inputChannels }
    /// Numbers of an input image.
    public var inputCount: Int { inputHeight * inputWidth * inputChannels }
    /// Numbers of an output image.
    public var outputCount: Int { positionCount * outputChannels }
    /// Numbers of all kernels: shape (kernelSize, kernelSize, inputChannels, outputChannels).
    public var weightCount: Int { patchLength * outputChannels }
}
