/// The code that matrix products and convolutions run on: whose instructions, how convolutions are
/// computed, and in what precision.
///
/// All in single precision agree within rounding, and give each row of a batch the same bits however
/// many rows it travels with. Those of our own give the same bits on every kind of CPU, direct sums as
/// direct sums and filtered ones as filtered ones.
public struct Kernels: Hashable, Sendable {
    /// What multiplies.
    public enum Instructions: String, CaseIterable, Sendable {
        /// OpenBLAS's products: runs everywhere.
        case openBLAS
        /// Our own, for every 64-bit ARM: need no patches laid out and no copies of weights.
        case neon
        /// Our own for CPUs with AVX2 and FMA.
        case avx2
        /// Our own for CPUs with AVX-512.
        case avx512
    }

    /// How convolutions are computed.
    public enum ConvolutionMethod: Sendable {
        /// As products of patches that are laid out first.
        case patches
        /// As products of strided views of the images.
        case direct
        /// By minimal filtering, with half the multiplications. Weights are transformed first, which is
        /// worth it for many images.
        case filtered
    }

    /// What factors are multiplied as; sums are always in single precision.
    public enum Precision: Sendable {
        /// As they are.
        case fp32
        /// Rounded to bfloat16, whose 8 bits are about three digits.
        case bf16
    }

    /// What multiplies.
    public let instructions: Instructions
    /// How convolutions are computed.
    public let convolution: ConvolutionMethod
    /// What factors are multiplied as.
    public let precision: Precision
}

extension Kernels: CaseIterable {
    /// Every combination that there is code for, the slowest first.
    public static let allCases: [Kernels] = [
        Kernels(instructions: .openBLAS, convolution: .patches, precision: .fp32),
        Kernels(instructions: .neon, convolution: .direct, precision: .fp32),
        Kernels(instructions: .neon, convolution: .filtered, precision: .fp32),
        Kernels(instructions: .avx2, convolution: .direct, precision: .fp32),
        Kernels(instructions: .avx2, convolution: .filtered, precision: .fp32),
        Kernels(instructions: .avx512, convolution: .direct, precision: .fp32),
        Kernels(instructions: .avx512, convolution: .filtered, precision: .fp32),
        Kernels(instructions: .avx512, convolution: .filtered, precision: .bf16),
    ]

    /// The fastest for a few observations in single precision on this CPU.
    public static let fastest = fastest { $0.convolution != .filtered && $0.precision == .fp32 }

    /// The fastest for the many observations of an update in single precision on this CPU.
    public static let fastestForBatches = fastestForBatches(in: .fp32)

    /// The fastest for the many observations of an update; not available where this CPU has none of that
    /// precision.
    public static func fastestForBatches(in precision: Precision) -> Kernels {
        fastest { $0.convolution != .direct && $0.precision == precision }
    }

    private static func fastest(where fits: (Kernels) -> Bool) -> Kernels {
        let fitting = allCases.filter(fits)
        return fitting.last(where: \.isAvailable) ?? fitting[0]
    }
}

extension Kernels: LosslessStringConvertible {
    /// The name by which a benchmark is told which to use: `avx2`, `avx512Winograd`, `avx512BF16`.
    public var description: String {
        if precision == .bf16 { return instructions.rawValue + "BF16" }
        return instructions.rawValue + (convolution == .filtered ? "Winograd" : "")
    }

    /// Those of that name.
    public init?(_ description: String) {
        guard let named = Self.allCases.first(where: { $0.description == description }) else {
            return nil
        }
        self = named
    }
}

extension Kernels {
    /// Whether factors are rounded as they are multiplied.
    public var isRounded: Bool { precision != .fp32 }

    /// Whether the products are our own code's.
    var areOurs: Bool { instructions != .openBLAS }

    /// Rows of a batch that a product takes at a time, always as many.
    ///
    /// The rounding of OpenBLAS's sums depends on a product's shape, and a state's values must not depend
    /// on the batch it travels in.
    public var batchMultiple: Int { areOurs ? 1 : 8 }

    /// Whether the rounding of a sum depends on the shape of the product it belongs to.
    public var roundsByShape: Bool { !areOurs }

    /// Floats of a weight gradient that are best computed at a time: as many as stay in a core's cache
    /// until they are used up, more where small products are slow.
    public var gradientBlockFloats: Int { areOurs ? 8_192 : 65_536 }

    /// Those for the same CPU that sum directly and round nothing.
    var direct: Kernels {
        Kernels(
            instructions: instructions,
            convolution: areOurs ? .direct : .patches,
            precision: .fp32
        )
    }
}
