internal import Frames

/// Makes frames, as they are learned from, of observations as they come in.
package struct DeclaredPreprocessing {
    private enum Method {
        /// They are frames already.
        case none
        /// Screens of gray levels are shrunk.
        case gray(AreaResize)
        /// Screens of colors become Atari's observations.
        case colored(AtariPreprocessing)
    }

    private var method: Method

    /// Prepares for observations that a job has declared.
    package init(_ declared: DeclaredObservation) {
        let shape = declared.shape
        switch declared.preprocessing {
        case .none: method = .none
        case .atari where shape.count == 2:
            let size = AtariPreprocessing.size
            method = .gray(
                AreaResize(
                    from: .init(height: shape[0], width: shape[1]),
                    to: .init(height: size, width: size)
                )
            )
        case .atari:
            method = .colored(AtariPreprocessing(screenHeight: shape[0], screenWidth: shape[1]))
        }
    }

    /// - Parameters:
    ///   - observation: `byteCount` bytes of what was declared, row-major.
    ///   - frame: Takes the frame.
    package mutating func callAsFunction(
        _ observation: Span<UInt8>,
        into frame: inout MutableSpan<UInt8>
    ) {
        switch method {
        case .none:
            precondition(frame.count == observation.count, "a frame has \(observation.count) bytes")
            for index in observation.indices { frame[index] = observation[index] }
        case .gray(let resize): resize(observation, into: &frame)
        case .colored(var preprocessing):
            // Given back below, so that its buffer is not copied.
            method = .none
            preprocessing.observe(observation, after: nil, into: &frame)
            method = .colored(preprocessing)
        }
    }
}
