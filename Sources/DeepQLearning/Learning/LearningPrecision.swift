internal import Tensors

/// What the products of an update are computed in.
///
/// Parameters, gradients, moments and sums stay in single precision, and so does everything outside
/// of updates: the Q-values that are acted by, evaluated and given out.
public enum LearningPrecision: String, CaseIterable, Sendable {
    /// Single precision.
    case fp32
    /// Factors rounded to bfloat16 as they are multiplied: about a third faster, on CPUs that have
    /// instructions for it.
    case bf16

    /// Whether this CPU has the instructions.
    public var isAvailable: Bool { kernels.isAvailable }

    /// What an update is computed with.
    var kernels: Kernels {
        switch self {
        case .fp32: .fastestForBatches
        case .bf16: .fastestForBatches(in: .bf16)
        }
    }
}
