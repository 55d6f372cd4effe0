/// Memory that is read soon: a computation that has cycles to spare asks for it meanwhile, so that the
/// caches have it in time.
public struct Prefetch: ~Escapable {
    let first: Span<Float>
    let second: Span<Float>

    /// Nothing.
    @_lifetime(immortal)
    public init() {
        first = Span()
        second = Span()
    }

    /// As many floats in two places as are computed meanwhile.
    @_lifetime(copy first, copy second)
    public init(_ first: Span<Float>, _ second: Span<Float>) {
        precondition(first.count == second.count)
        self.first = first
        self.second = second
    }

    /// Floats in each place.
    var count: Int { first.count }
}
