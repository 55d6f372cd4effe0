/// A row of things cut into parts of one size, the last one shorter.
///
/// How work is cut depends on the work alone, and on how many cores there are only where no sum does, so
/// that sums are taken in the same order on every machine.
struct Partition: Sendable {
    let length: Int
    let partSize: Int

    /// Fewer multiplications, less than about 10 µs of them, are not worth waking another core.
    static let fewMultiplications = 500_000

    /// How many parts there are.
    var count: Int { (length + partSize - 1) / partSize }

    /// What belongs to part number `part`.
    subscript(part: Int) -> Range<Int> {
        (part * partSize)..<min((part + 1) * partSize, length)
    }
}
