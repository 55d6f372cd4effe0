internal import CKernels

/// Multiplies and adds in registers alone: how fast that goes is the limit of every product.
public struct MultiplyAddPeak: Sendable {
    private let kernels: Kernels

    /// With the instructions of `kernels`; nil where those are not our own.
    public init?(_ kernels: Kernels) {
        guard kernels.areOurs, kernels.isAvailable else { return nil }
        self.kernels = kernels
    }

    /// Additions and multiplications of one iteration.
    public var operationsPerIteration: Int {
        unsafe kernels.table.pointee.peak.operations_per_iteration
    }

    /// Computes; returns a number that depends on everything computed.
    public func run(iterations: Int) -> Float {
        unsafe kernels.table.pointee.peak.multiply_adds(iterations)
    }
}
