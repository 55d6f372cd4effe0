/// The floats of one buffer, to be written by several threads at a time, each a part of its own.
///
/// This is where it is promised, once for all passes, that parallel writes do not meet:
///
/// - It comes from exclusive access to a buffer and ends before that does, so that nobody else reads or
///   writes these floats meanwhile, and no thread keeps them.
/// - Its copies may be used by several threads at a time, which is what `@unchecked Sendable` stands for.
///   Whoever hands it out gives each of them other parts to write, and none to read that another writes.
/// - Debug builds hold every part against those that are still being written and trap where two meet.
@safe public struct DisjointFloats: ~Escapable, @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<Float>
    #if DEBUG
        private let claims = PartClaims()
    #endif

    /// Unsafe: nothing else may use `storage` as long as this or a copy of it lives.
    @unsafe
    @_lifetime(immortal)
    init(_ storage: UnsafeMutableBufferPointer<Float>) {
        unsafe self.storage = storage
    }

    /// How many floats there are.
    public var count: Int { unsafe storage.count }

    /// The floats of `range`, to read; no thread may be writing them.
    @_lifetime(copy self)
    public func span(_ range: Range<Int>) -> Span<Float> {
        let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(rebasing: storage[range]))
        return unsafe _overrideLifetime(span, copying: self)
    }

    /// The floats of `range`, to write; no other thread may be using them.
    @_lifetime(copy self)
    public func part(_ range: Range<Int>) -> Part {
        part(PartClaim(floats: range), range)
    }

    /// Some columns of a matrix, to write; no other thread may be using them.
    ///
    /// - Parameters:
    ///   - columns: Which columns.
    ///   - matrix: Where all its rows lie, one after the other.
    ///   - width: Floats of a row.
    /// - Returns: The floats from the first of these columns in the first row to the last row's end, of
    ///   which only those of these columns may be written.
    @_lifetime(copy self)
    public func columns(_ columns: Range<Int>, of matrix: Range<Int>, width: Int) -> Part {
        precondition(columns.lowerBound >= 0 && columns.upperBound <= width)
        let claim = PartClaim(floats: matrix, width: width, columns: columns)
        return part(claim, (matrix.lowerBound + columns.lowerBound)..<matrix.upperBound)
    }

    @_lifetime(copy self)
    private func part(_ claim: PartClaim, _ range: Range<Int>) -> Part {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count,
            "\(range) is not within 0..<\(count)"
        )
        let floats = unsafe MutableSpan(
            _unsafeElements: UnsafeMutableBufferPointer(rebasing: storage[range])
        )
        #if DEBUG
            let part = Part(floats: floats, claim: claim, claims: claims)
        #else
            let part = Part(floats: floats)
        #endif
        return unsafe _overrideLifetime(part, copying: self)
    }

    /// Floats that one thread writes.
    public struct Part: ~Copyable, ~Escapable {
        /// These floats.
        public var floats: MutableSpan<Float>

        #if DEBUG
            private let claim: PartClaim
            private let claims: PartClaims

            @_lifetime(copy floats)
            fileprivate init(
                floats: consuming MutableSpan<Float>,
                claim: PartClaim,
                claims: PartClaims
            ) {
                self.floats = floats
                self.claim = claim
                self.claims = claims
                claims.add(claim)
            }

            deinit {
                claims.remove(claim)
            }
        #else
            @_lifetime(copy floats)
            fileprivate init(floats: consuming MutableSpan<Float>) {
                self.floats = floats
            }
        #endif
    }
}

extension FloatBuffer {
    /// All floats, to be written by several threads at a time.
    public var disjointParts: DisjointFloats {
        @_lifetime(&self)
        mutating get {
            let floats = unsafe DisjointFloats(storage)
            return unsafe _overrideLifetime(floats, mutating: &self)
        }
    }
}
