internal import CKernels

/// The functions in C that stand behind each of our own kernels.
extension Kernels {
    /// Whether this CPU has the instructions.
    public var isAvailable: Bool {
        guard let kind else { return true }
        return unsafe dqn_kernels_for(kind) != nil
    }

    /// The functions in C.
    @unsafe
    var table: UnsafePointer<dqn_kernels> {
        guard let kind, let table = unsafe dqn_kernels_for(kind) else {
            preconditionFailure("\(self) has no functions of our own on this CPU")
        }
        return unsafe table
    }

    private var kind: dqn_instructions? {
        switch (instructions, precision) {
        case (.openBLAS, _): nil
        case (.neon, _): dqn_neon
        case (.avx2, _): dqn_avx2
        case (.avx512, .fp32): dqn_avx512
        case (.avx512, .bf16): dqn_avx512_bf16
        }
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
