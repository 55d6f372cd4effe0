internal import CKernels

/// The code that matrix products and convolutions run on.
///
/// All in single precision agree within rounding, and give each row of a batch the same bits however
/// many rows it travels with. Those of our own give the same bits on every kind of CPU, direct sums as
/// direct sums and filtered ones as filtered ones.
public enum Kernels: String, CaseIterable, Sendable {
    /// OpenBLAS's products: runs everywhere.
    case openBLAS
    /// Our own, for every 64-bit ARM: need no patches laid out and no copies of weights.
    case neon
    /// The same, but for convolutions with half the multiplications, by minimal filtering. Weights are
    /// transformed first, which is worth it for many images.
    case neonWinograd
    /// Our own for CPUs with AVX2 and FMA.
    case avx2
    /// The same with minimal filtering.
    case avx2Winograd
    /// Our own for CPUs with AVX-512.
    case avx512
    /// The same with minimal filtering.
    case avx512Winograd
    /// The same again, for CPUs with AVX512-BF16: factors are rounded to bfloat16, whose 8 bits are
    /// about three digits, and products summed in single precision.
    case avx512BF16

    /// Whether this CPU has the instructions.
    public var isAvailable: Bool { self == .openBLAS || hasTable }

    /// The fastest for a few observations in single precision on this CPU.
    public static let fastest = fastest(of: [.avx512, .avx2, .neon])

    /// The fastest for the many observations of an update.
    public static let fastestForBatches = fastest(of: [
        .avx512Winograd, .avx2Winograd, .neonWinograd,
    ])

    private static func fastest(of kinds: [Kernels]) -> Kernels {
        kinds.first(where: \.isAvailable) ?? .openBLAS
    }
}

extension Kernels {
    /// How convolutions are computed.
    enum Method {
        /// As products of patches that are laid out first.
        case patches
        /// As products of strided views of the images.
        case direct
        /// By minimal filtering.
        case filtered
    }

    var method: Method {
        switch self {
        case .openBLAS: .patches
        case .neon, .avx2, .avx512: .direct
        case .neonWinograd, .avx2Winograd, .avx512Winograd, .avx512BF16: .filtered
        }
    }

    /// Whether factors are rounded to bfloat16.
    public var isRounded: Bool { self == .avx512BF16 }

    /// Those for the same CPU that sum directly and round nothing.
    var direct: Kernels {
        switch self {
        case .openBLAS: .openBLAS
        case .neon, .neonWinograd: .neon
        case .avx2, .avx2Winograd: .avx2
        case .avx512, .avx512Winograd, .avx512BF16: .avx512
        }
    }

    private var instructions: dqn_instructions? {
        switch self {
        case .openBLAS: nil
        case .neon, .neonWinograd: dqn_neon
        case .avx2, .avx2Winograd: dqn_avx2
        case .avx512, .avx512Winograd: dqn_avx512
        case .avx512BF16: dqn_avx512_bf16
        }
    }

    private var hasTable: Bool {
        guard let instructions else { return false }
        return unsafe dqn_kernels_for(instructions) != nil
    }

    /// The functions in C.
    @unsafe
    var table: UnsafePointer<dqn_kernels> {
        guard let instructions, let table = unsafe dqn_kernels_for(instructions) else {
            preconditionFailure("\(self) has no functions of our own on this CPU")
        }
        return unsafe table
    }
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
