internal import CKernels

/// The code that matrix products and convolutions run on.
///
/// All in single precision agree within rounding, and give each row of a batch the same bits however
/// many rows it travels with.
public enum Kernels: String, CaseIterable, Sendable {
    /// OpenBLAS's products: runs everywhere.
    case openBLAS
    /// Our own, for CPUs with AVX-512: need no patches laid out and no copies of weights.
    case avx512
    /// The same, but for convolutions with half the multiplications, by minimal filtering. Weights are
    /// transformed first, which is worth it for many images.
    case avx512Winograd
    /// The same again, for CPUs with AVX512-BF16: factors are rounded to bfloat16, whose 8 bits are
    /// about three digits, and products summed in single precision.
    case avx512BF16

    /// Whether this CPU has the instructions.
    public var isAvailable: Bool {
        switch self {
        case .openBLAS: true
        case .avx512, .avx512Winograd: dqn_cpu_has_avx512()
        case .avx512BF16: dqn_cpu_has_avx512_bf16()
        }
    }

    /// The fastest for a few observations in single precision on this CPU.
    public static let fastest: Kernels = Kernels.avx512.isAvailable ? .avx512 : .openBLAS

    /// The fastest for the many observations of an update.
    public static let fastestForBatches: Kernels =
        Kernels.avx512Winograd.isAvailable ? .avx512Winograd : .openBLAS
}

extension Span<Float> {
    /// Where the floats lie: for a call that ends before the span does.
    @unsafe
    var address: UnsafePointer<Float>? {
        unsafe withUnsafeBufferPointer { $0.baseAddress }
    }
}

extension MutableSpan<Float> {
    /// Where the floats lie: for a call that ends before the span does.
    @unsafe
    var address: UnsafeMutablePointer<Float>? {
        mutating get { unsafe withUnsafeMutableBufferPointer { $0.baseAddress } }
    }
}
