/// The last `depth` frames of the running episode, the oldest first.
///
/// What lies before the episode's first frame is zero: a state never shows two episodes
/// (Mnih et al. 2015, Methods: the input is the last 4 frames).
public struct FrameStack: Equatable, Sendable {
    /// Frames in a state.
    public let depth: Int

    /// Bytes in one frame.
    public let frameByteCount: Int

    /// The state, (depth, frameByteCount), row-major, the oldest frame first.
    public private(set) var bytes: [UInt8]

    /// Creates a stack of an episode that has no frame yet.
    public init(depth: Int, frameByteCount: Int) {
        precondition(depth > 0 && frameByteCount > 0, "a stack needs frames and a frame bytes")
        self.depth = depth
        self.frameByteCount = frameByteCount
        bytes = [UInt8](repeating: 0, count: depth * frameByteCount)
    }

    /// Clears the stack and begins an episode with its first frame.
    public mutating func begin(with frame: Span<UInt8>) {
        for index in bytes.indices {
            bytes[index] = 0
        }
        push(frame)
    }

    /// Adds the newest frame; the oldest falls out.
    public mutating func push(_ frame: Span<UInt8>) {
        precondition(
            frame.count == frameByteCount,
            "a frame of \(frame.count) bytes for a stack of \(frameByteCount)"
        )
        let kept = bytes.count - frameByteCount
        unsafe bytes.withUnsafeMutableBytes { all in
            unsafe frame.withUnsafeBytes { newest in
                // The precondition makes `kept` plus one frame exactly the stack.
                unsafe all.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: all[frameByteCount...])
                )
                unsafe UnsafeMutableRawBufferPointer(rebasing: all[kept...]).copyMemory(
                    from: newest
                )
            }
        }
    }

    /// Clears the stack and begins an episode with its first frame.
    public mutating func begin(with frame: [UInt8]) {
        begin(with: frame.span)
    }

    /// Adds the newest frame; the oldest falls out.
    public mutating func push(_ frame: [UInt8]) {
        push(frame.span)
    }
}
