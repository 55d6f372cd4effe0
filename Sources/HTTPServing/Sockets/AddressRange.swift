/// All IP addresses that begin with the same bits, as in "10.0.0.0/8"; or a single one.
public struct AddressRange: Sendable, Hashable {
    private let address: PeerAddress
    private let prefixBits: Int

    /// Reads an IPv4 or IPv6 address, or a range of them in CIDR notation (RFC 4632 §3.1); nil for
    /// anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = PeerAddress(host: parts[0], port: 0) else { return nil }
        self.address = address
        guard parts.count == 2 else {
            prefixBits = address.bitCount
            return
        }
        guard let bits = Array(parts[1].utf8).span.decimal(), bits <= address.bitCount else {
            return nil
        }
        prefixBits = bits
    }

    func contains(_ other: PeerAddress) -> Bool {
        guard other.isIPv6 == address.isIPv6 else { return false }
        guard address.isIPv6 else {
            return Self.haveEqualPrefix(
                address.low << 32,
                other.low << 32,
                bits: prefixBits
            )
        }
        return Self.haveEqualPrefix(address.high, other.high, bits: min(prefixBits, 64))
            && Self.haveEqualPrefix(address.low, other.low, bits: max(prefixBits - 64, 0))
    }

    private static func haveEqualPrefix(_ first: UInt64, _ second: UInt64, bits: Int) -> Bool {
        // A shift by 64 leaves nothing, so that no bits are equal everywhere.
        (first ^ second) >> (64 - bits) == 0
    }
}
