/// Places of a block, given away one after the other, each from the beginning of a cache line on: so no
/// two ever share one.
struct CacheLines {
    /// Floats given away.
    private(set) var count = 0

    private static let floats = 16

    mutating func reserve(_ count: Int) -> Range<Int> {
        let start = self.count
        self.count += Self.rounded(count)
        return start..<(start + count)
    }

    /// Whole lines of at least `count` floats.
    static func rounded(_ count: Int) -> Int {
        (count + floats - 1) / floats * floats
    }
}
