/// A set of the cells of a board of 10 rows and 10 columns, one bit each.
package struct CellSet: Equatable, Sendable {
    private static let board: UInt128 = 1 << 100 - 1
    private static let leftColumn: UInt128 = (0..<Cell.side).reduce(0) { $0 | 1 << ($1 * 10) }

    /// Cell `index` is bit `index`.
    private var bits: UInt128

    private init(bits: UInt128) {
        self.bits = bits
    }

    init() {
        self.init(bits: 0)
    }

    /// All cells of some rows in some columns.
    init(rows: Range<Int>, columns: Range<Int> = 0..<Cell.side) {
        self.init()
        for row in rows {
            for column in columns {
                insert(Cell(row: row, column: column))
            }
        }
    }

    var isEmpty: Bool { bits == 0 }
    var count: Int { bits.nonzeroBitCount }

    func contains(_ cell: Cell) -> Bool {
        bits >> cell.index & 1 == 1
    }

    mutating func insert(_ cell: Cell) {
        bits |= 1 << cell.index
    }

    mutating func remove(_ cell: Cell) {
        bits &= ~(1 << cell.index)
    }

    mutating func subtract(_ other: CellSet) {
        bits &= ~other.bits
    }

    func intersection(_ other: CellSet) -> CellSet {
        CellSet(bits: bits & other.bits)
    }

    /// Those in one column.
    func column(_ column: Int) -> CellSet {
        CellSet(bits: bits & Self.leftColumn << column)
    }

    /// Those in one row.
    func row(_ row: Int) -> CellSet {
        CellSet(bits: bits & (0x3ff << (row * Cell.side)))
    }

    /// The last one, row after row.
    var last: Cell? {
        guard bits != 0 else { return nil }
        let index = UInt128.bitWidth - 1 - bits.leadingZeroBitCount
        return Cell(row: index / Cell.side, column: index % Cell.side)
    }

    /// Each some rows higher; what is above the board then is gone.
    func raised(by rows: Int) -> CellSet {
        CellSet(bits: bits >> (rows * Cell.side))
    }

    /// Each a row lower; what is below the board then is gone.
    var lowered: CellSet { CellSet(bits: bits << Cell.side & Self.board) }

    /// Each a column to the left, where the leftmost is empty.
    var movedLeft: CellSet { CellSet(bits: bits >> 1) }

    /// Each a column to the right, where the rightmost is empty.
    var movedRight: CellSet { CellSet(bits: bits << 1) }

    mutating func formUnion(_ other: CellSet) {
        bits |= other.bits
    }

    /// The indices, in order.
    private var indices: [Int] {
        (0..<Cell.side * Cell.side).filter { bits >> $0 & 1 == 1 }
    }

    /// Writes 255 for each that is in the set, from `start` on.
    func light(_ frame: inout MutableSpan<UInt8>, from start: Int) {
        var remaining = UInt64(truncatingIfNeeded: bits >> 96)
        for index in 96..<100 where remaining >> (index - 96) & 1 == 1 {
            frame[start + index] = 255
        }
        // Whatever is stored, bytes are valid bytes.
        var bytes = unsafe frame.mutableBytes
        for half in 0..<2 {
            remaining = UInt64(truncatingIfNeeded: bits >> (48 * half)) & (1 << 48 - 1)
            var place = start + 48 * half
            // Eight cells at a time: each byte keeps one of the bits, which then fills it.
            while remaining != 0 {
                let spread = (remaining & 0xff) &* 0x0101_0101_0101_0101 & 0x8040_2010_0804_0201
                let tops = (spread &+ 0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101
                // It checks its bounds.
                bytes.storeBytes(of: tops &* 255, toByteOffset: place, as: UInt64.self)
                remaining >>= 8
                place += 8
            }
        }
    }
}

extension CellSet: Codable {
    /// Reads the indices.
    package init(from decoder: any Decoder) throws {
        self.init()
        for index in try [Int](from: decoder) {
            guard (0..<Cell.side * Cell.side).contains(index) else {
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(
                        codingPath: decoder.codingPath,
                        debugDescription: "a board has cells 0 to 99, got \(index)"
                    )
                )
            }
            bits |= 1 << index
        }
    }

    /// Writes the indices, in order.
    package func encode(to encoder: any Encoder) throws {
        try indices.encode(to: encoder)
    }
}
