internal import Glibc

/// Owned, zero-initialised, 64-byte aligned floats: the one kind of memory that numbers live in.
///
/// A buffer is read through `Span` and written through `MutableSpan`, or through `DisjointFloats` by
/// several threads at a time.
///
/// The `@unchecked Sendable` holds because nothing is written without exclusive access to the buffer.
@safe public struct FloatBuffer: ~Copyable, @unchecked Sendable {
    /// How many floats the buffer holds.
    public let count: Int
    let storage: UnsafeMutableBufferPointer<Float>

    /// Creates a buffer of `count` zeros, where the count is one that somebody else chose.
    /// - Throws: Where the system has no memory for it.
    public init(allocating count: Int) throws(AllocationError) {
        precondition(count >= 0, "a buffer holds at least 0 floats, got \(count)")
        self.count = count
        let byteCount = Self.byteCount(count)
        let isLarge = byteCount >= Self.largePage
        var memory: UnsafeMutableRawPointer?
        let failed = unsafe posix_memalign(
            &memory,
            isLarge ? Self.largePage : 64,
            max(byteCount, 1)
        )
        guard failed == 0, let memory = unsafe memory else {
            throw AllocationError(byteCount: byteCount)
        }
        if isLarge {
            // Where it is refused nothing is lost but time.
            unsafe madvise(memory, byteCount, MADV_HUGEPAGE)
        }
        unsafe storage = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Float.self, capacity: count),
            count: count
        )
        unsafe storage.initialize(repeating: 0)
    }

    /// Creates a buffer of `count` zeros, few enough to be there: traps where they are not.
    public init(count: Int) {
        do throws(AllocationError) {
            try self.init(allocating: count)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Bytes that a buffer of `count` floats takes up.
    ///
    /// Large ones come in pages of 2 MiB, as far as the system has them: a pass goes through tens of
    /// megabytes, whose places in pages of 4 KiB are more than a core remembers.
    public static func byteCount(_ count: Int) -> Int {
        let exact = count * MemoryLayout<Float>.stride
        return exact < largePage ? exact : (exact + largePage - 1) / largePage * largePage
    }

    private static let largePage = 1 << 21

    /// Creates a buffer with the numbers of `source`.
    /// - Throws: Where the system has no memory for them.
    public init(allocatingCopyOf source: Span<Float>) throws(AllocationError) {
        try self.init(allocating: source.count)
        var destination = mutableSpan
        destination.copy(from: source)
    }

    /// Creates a buffer with the numbers of `source`: traps where there is no memory for them.
    public init(copying source: Span<Float>) {
        self.init(count: source.count)
        var destination = mutableSpan
        destination.copy(from: source)
    }

    deinit {
        unsafe free(storage.baseAddress)
    }

    /// All floats, to read.
    public var span: Span<Float> {
        @_lifetime(borrow self)
        get {
            let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(storage))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// All floats, to read and write.
    public var mutableSpan: MutableSpan<Float> {
        @_lifetime(&self)
        mutating get {
            let span = unsafe MutableSpan(_unsafeElements: storage)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// The floats of `range`, to read.
    @_lifetime(borrow self)
    public func span(_ range: Range<Int>) -> Span<Float> {
        let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(rebasing: storage[range]))
        return unsafe _overrideLifetime(span, borrowing: self)
    }
}

extension [Float] {
    /// Copies the floats of `span`.
    public init(copying span: Span<Float>) {
        self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }
}

extension MutableSpan<Float> {
    /// Copies all of `source`, which must be as long as this span.
    public mutating func copy(from source: Span<Float>) {
        precondition(source.count == count, "cannot copy \(source.count) floats into \(count)")
        unsafe withUnsafeMutableBufferPointer { destination in
            unsafe source.withUnsafeBufferPointer { source in
                _ = unsafe destination.update(fromContentsOf: source)
            }
        }
    }

    /// Lets `body` write the floats of `range`.
    package mutating func withPart<Result>(
        _ range: Range<Int>,
        _ body: (inout MutableSpan<Float>) -> Result
    ) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe withUnsafeMutableBufferPointer { floats in
            var part = unsafe MutableSpan(
                _unsafeElements: UnsafeMutableBufferPointer(rebasing: floats[range])
            )
            return body(&part)
        }
    }

    /// Sets every float to `value`.
    public mutating func fill(_ value: Float) {
        unsafe withUnsafeMutableBufferPointer { unsafe $0.update(repeating: value) }
    }
}
