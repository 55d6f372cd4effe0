internal import CKernels

/// Resizes a gray picture: each new pixel is the mean of the area that it covers, pixels at the
/// border counted by the part of them that lies inside, rounded to the nearest level, halves to
/// the even one.
///
/// Agrees with OpenCV's `INTER_AREA` to the bit on the screens of Breakout and Pong, and within one
/// gray level on others, where its sums in single precision round a half the other way; see
/// Fixtures/Preprocessing. Made once for two sizes and used for every frame, since it holds the weights.
public struct AreaResize: Sendable {
    /// Rows and columns of what is shrunk.
    public let source: Size

    /// Rows and columns of the result.
    public let target: Size

    private let rows: Overlaps
    private let columns: Overlaps

    /// Rows and columns of a picture.
    public struct Size: Equatable, Sendable {
        /// Rows.
        public let height: Int
        /// Columns.
        public let width: Int

        /// Creates a size of `height` rows and `width` columns.
        public init(height: Int, width: Int) {
            precondition(height > 0 && width > 0, "a picture of \(height)×\(width) has no pixels")
            self.height = height
            self.width = width
        }
    }

    /// Creates the resize from one size to another.
    public init(from source: Size, to target: Size) {
        self.source = source
        self.target = target
        rows = Overlaps(from: source.height, to: target.height)
        columns = Overlaps(from: source.width, to: target.width)
    }

    /// Resizes one picture.
    /// - Parameters:
    ///   - gray: (source.height, source.width), row-major.
    ///   - result: (target.height, target.width), row-major.
    public func callAsFunction(_ gray: Span<UInt8>, into result: inout MutableSpan<UInt8>) {
        precondition(
            gray.count == source.height * source.width
                && result.count == target.height * target.width,
            "\(gray.count) and \(result.count) bytes are not the pictures this resize is made for"
        )
        // Weights are whole numbers and so are the sums, exact in single precision as long as
        // 255 · area < 2²⁴, which is so for 210×160 → 84×84 (area 200).
        let area = Float(rows.total * columns.total)
        unsafe rows.withDescription { rows in
            unsafe columns.withDescription { columns in
                let scratchCount = unsafe dqn_resize_scratch_count(source.width, columns)
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: scratchCount) {
                    let scratch = $0.baseAddress
                    unsafe gray.withUnsafeBufferPointer { gray in
                        unsafe result.withUnsafeMutableBufferPointer { result in
                            unsafe dqn_resize(
                                gray.baseAddress,
                                source.width,
                                rows,
                                columns,
                                area,
                                scratch,
                                result.baseAddress
                            )
                        }
                    }
                }
            }
        }
    }
}

/// How far each of the `newCount` equal parts of a line reaches over its `oldCount` equal parts.
///
/// In units of a common measure, so that every overlap is a whole number: 160 → 84 is 40 → 21, a
/// new part is 40 units long and an old one 21.
private struct Overlaps: Sendable {
    /// The first old part under each new one.
    var starts: [Int] = []
    /// (newCount, taps), row-major: the units shared with the old parts from the first on.
    var weights: [Float] = []
    /// The most old parts that a new one touches.
    let taps: Int
    /// What the weights of one new part add up to.
    let total: Int

    init(from oldCount: Int, to newCount: Int) {
        let measure = greatestCommonDivisor(oldCount, newCount)
        let newLength = oldCount / measure
        let oldLength = newCount / measure
        total = newLength
        taps = (newLength + 2 * oldLength - 2) / oldLength
        for part in 0..<newCount {
            let begin = part * newLength
            let first = begin / oldLength
            starts.append(first)
            for old in first..<first + taps {
                let shared =
                    min(begin + newLength, (old + 1) * oldLength) - max(begin, old * oldLength)
                weights.append(Float(max(0, shared)))
            }
        }
    }

    /// The same for C, as long as `body` runs.
    @unsafe
    func withDescription(_ body: (dqn_overlaps) -> Void) {
        unsafe starts.withUnsafeBufferPointer { starts in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe body(
                    dqn_overlaps(
                        count: starts.count,
                        taps: taps,
                        starts: starts.baseAddress,
                        weights: weights.baseAddress
                    )
                )
            }
        }
    }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    var (larger, smaller) = (first, second)
    while smaller > 0 {
        (larger, smaller) = (smaller, larger % smaller)
    }
    return larger
}
