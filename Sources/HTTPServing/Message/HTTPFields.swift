/// The header fields of a request, looked up in the bytes that came.
///
/// Nothing is copied or lower-cased in advance; a lookup compares bytes. Values are opaque bytes
/// (RFC 9110 §5.5) and become text only when asked for.
public struct HTTPFields: Sendable {
    /// A part of a header section, as offsets into its bytes.
    struct Part: Sendable, Equatable {
        let start: UInt32
        let end: UInt32

        init(_ range: Range<Int>) {
            start = UInt32(range.lowerBound)
            end = UInt32(range.upperBound)
        }

        var range: Range<Int> {
            Int(start)..<Int(end)
        }
    }

    struct Field: Sendable, Equatable {
        let name: Part
        let value: Part
    }

    // Keeps what the spans below point into alive.
    private let head: RequestHead

    init(_ head: RequestHead) {
        self.head = head
    }

    /// How many fields there are, repeated ones counted each.
    public var count: Int {
        head.positions.count
    }

    /// The value of the first field of that name; bytes that are no UTF-8 become U+FFFD.
    public subscript(name: HTTPFieldName) -> String? {
        guard let index = firstIndex(of: name) else { return nil }
        return String(lossy: value(at: index))
    }

    /// All values of that name, in the order they came.
    public func values(of name: HTTPFieldName) -> [String] {
        head.positions.indices.filter { self.name(at: $0).equalsIgnoringCase(name.bytes) }
            .map { String(lossy: value(at: $0)) }
    }

    /// All values of that name as one comma-separated list (RFC 9110 §5.2); nil where there is none.
    public func list(of name: HTTPFieldName) -> String? {
        guard let first = firstIndex(of: name) else { return nil }
        let next = firstIndex(of: name, from: first + 1)
        return next == nil
            ? String(lossy: value(at: first)) : values(of: name).joined(separator: ", ")
    }

    /// Whether there is a field of that name.
    public func contains(_ name: HTTPFieldName) -> Bool {
        firstIndex(of: name) != nil
    }

    @_lifetime(borrow self)
    func name(at index: Int) -> Span<UInt8> {
        unsafe _overrideLifetime(head.bytes(of: head.positions[index].name), borrowing: self)
    }

    @_lifetime(borrow self)
    func value(at index: Int) -> Span<UInt8> {
        unsafe _overrideLifetime(head.bytes(of: head.positions[index].value), borrowing: self)
    }

    func firstIndex(of name: HTTPFieldName, from start: Int = 0) -> Int? {
        var index = start
        while index < head.positions.count {
            if self.name(at: index).equalsIgnoringCase(name.bytes) { return index }
            index += 1
        }
        return nil
    }
}
