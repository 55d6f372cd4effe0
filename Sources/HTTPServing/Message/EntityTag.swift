/// What tells two versions of a resource's content apart (RFC 9110 §8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// Whether equal tags only promise equal meaning, not equal bytes.
    public let isWeak: Bool
    /// The text between the quotes.
    public let opaque: String

    /// Creates a tag; what may not stand between the quotes is left out.
    public init(_ opaque: String, isWeak: Bool = false) {
        self.isWeak = isWeak
        self.opaque = String(decoding: opaque.utf8.filter(Self.isAllowed), as: UTF8.self)
    }

    /// The tag as it is sent.
    public var description: String {
        isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\""
    }

    /// The tag of the same content in a content coding, whose bytes are others.
    func coded(_ coding: ContentCoding) -> EntityTag {
        EntityTag("\(opaque)-\(coding.name)", isWeak: isWeak)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != UInt8(ascii: "\"") && byte != .delete
    }

    /// The tags of a list; what is not a tag is left out.
    static func list(_ text: String) -> [EntityTag] {
        let bytes = Array(text.utf8)
        var tags: [EntityTag] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] != .space, bytes[index] != .tab, bytes[index] != UInt8(ascii: ",")
            else {
                index += 1
                continue
            }
            let isWeak = bytes[index...].starts(with: "W/\"".utf8)
            let open = index + (isWeak ? 2 : 0)
            if bytes[open] == UInt8(ascii: "\""),
                let close = bytes[(open + 1)...].firstIndex(where: { !isAllowed($0) }),
                bytes[close] == UInt8(ascii: "\"")
            {
                let opaque = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
                tags.append(EntityTag(opaque, isWeak: isWeak))
                index = close + 1
            } else {
                index = bytes[index...].firstIndex(of: UInt8(ascii: ",")) ?? bytes.count
            }
        }
        return tags
    }
}
