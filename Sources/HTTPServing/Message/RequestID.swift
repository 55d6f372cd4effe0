/// What one request is called in logs and answers: the client's own name for it, or one made here.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
    private enum Name: Sendable, Hashable {
        case given(String)
        case made(UInt64)
    }

    private let name: Name

    static let lengthLimit = 128

    /// The client's name if it is well-formed: 1…128 token characters, so that it can be echoed.
    init?(given bytes: Span<UInt8>) {
        guard (1...Self.lengthLimit).contains(bytes.count),
            bytes.firstIndex(from: 0, where: { !$0.isToken }) == nil
        else { return nil }
        name = .given(String(lossy: bytes))
    }

    /// The name of the `number`th request of a server; different numbers give different names.
    init(seed: UInt64, number: UInt64) {
        // The finalizer of splitmix64, which maps 64 bits to 64 bits one to one.
        var bits = seed &+ number &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        name = .made(bits ^ bits >> 31)
    }

    /// The name as it is sent and logged.
    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func append(to output: inout [UInt8]) {
        output.append(addingCapacity: Self.lengthLimit) { append(to: &$0) }
    }

    /// Appends at most ``lengthLimit`` bytes.
    func append(to output: inout OutputSpan<UInt8>) {
        switch name {
        case .given(let text):
            for byte in text.utf8 {
                output.append(byte)
            }
        case .made(let bits):
            output.append(hexadecimalDigitsOf: bits)
        }
    }
}
