internal import Glibc

/// The address of a client; IPv4 addresses mapped into IPv6 are IPv4 here.
public struct PeerAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address in network byte order; of an IPv4 address the low 32 bits.
    let high: UInt64
    let low: UInt64
    let isIPv6: Bool
    /// The client's port; 0 where a proxy did not tell it.
    public let port: UInt16

    /// 127.0.0.1, for requests that came over no socket.
    public static let loopback = PeerAddress(ipv4: 0x7F00_0001, port: 0)

    init(ipv4: UInt32, port: UInt16) {
        self.init(high: 0, low: UInt64(ipv4), isIPv6: false, port: port)
    }

    init(ipv6 high: UInt64, _ low: UInt64, port: UInt16) {
        if high == 0, low >> 32 == 0xFFFF {
            self.init(ipv4: UInt32(truncatingIfNeeded: low), port: port)
        } else {
            self.init(high: high, low: low, isIPv6: true, port: port)
        }
    }

    private init(high: UInt64, low: UInt64, isIPv6: Bool, port: UInt16) {
        (self.high, self.low, self.isIPv6, self.port) = (high, low, isIPv6, port)
    }

    /// The address that the system wrote into `storage`; nil where it is not one of IP.
    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let (address, port) = unsafe withUnsafeBytes(of: &storage) { bytes in
                let address = unsafe bytes.load(as: sockaddr_in.self)
                return (address.sin_addr.s_addr, address.sin_port)
            }
            self.init(ipv4: UInt32(bigEndian: address), port: UInt16(bigEndian: port))
        case AF_INET6:
            let (high, low, port) = unsafe withUnsafeBytes(of: &storage) { bytes in
                // Family, port and flow information stand before the 16 bytes of the address.
                let high = unsafe bytes.load(fromByteOffset: 8, as: UInt64.self)
                let low = unsafe bytes.load(fromByteOffset: 16, as: UInt64.self)
                return (
                    UInt64(bigEndian: high), UInt64(bigEndian: low),
                    UInt16(bigEndian: unsafe bytes.load(fromByteOffset: 2, as: UInt16.self))
                )
            }
            self.init(ipv6: high, low, port: port)
        default:
            return nil
        }
    }

    var bitCount: Int {
        isIPv6 ? 128 : 32
    }

    /// The address without the port, by which connections and requests of one client are counted:
    /// of IPv6 the first 64 bits, since one client has all of the rest to itself.
    var client: Client {
        Client(prefix: isIPv6 ? high : low, isIPv6: isIPv6)
    }

    struct Client: Hashable, Sendable {
        let prefix: UInt64
        let isIPv6: Bool
    }

    /// The address in its usual notation, without the port.
    public var host: String {
        guard isIPv6 else {
            return "\(low >> 24 & 255).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)"
        }
        let groups = [high, low].flatMap { word in
            [48, 32, 16, 0].map { String(word >> $0 & 0xFFFF, radix: 16) }
        }
        return groups.joined(separator: ":")
    }

    /// Appends the same as ``description``: at most 47 bytes.
    func append(to output: inout OutputSpan<UInt8>) {
        guard !isIPv6 else {
            for byte in description.utf8 {
                output.append(byte)
            }
            return
        }
        output.append(decimal: Int(low >> 24 & 255))
        output.append(UInt8(ascii: "."))
        output.append(decimal: Int(low >> 16 & 255))
        output.append(UInt8(ascii: "."))
        output.append(decimal: Int(low >> 8 & 255))
        output.append(UInt8(ascii: "."))
        output.append(decimal: Int(low & 255))
        guard port > 0 else { return }
        output.append(UInt8(ascii: ":"))
        output.append(decimal: Int(port))
    }

    /// Address and port, as in "127.0.0.1:4711" and "[0:0:0:0:0:0:0:1]:4711"; without a port of 0.
    public var description: String {
        let host = isIPv6 ? "[\(host)]" : host
        return port > 0 ? "\(host):\(port)" : host
    }
}
