internal import Glibc

/// An address that a name stands for, as the system's resolver gave it: what is checked is what is
/// connected to.
package struct EndpointAddress: Equatable, Sendable {
    /// A sockaddr_in or sockaddr_in6, port included.
    package let bytes: [UInt8]

    /// All addresses of a URL's host, in the order in which they are to be tried.
    /// - Throws: The resolver's reason.
    package static func all(of url: EndpointURL) throws(EndpointFault) -> [EndpointAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let outcome = unsafe getaddrinfo(url.host, "\(url.port)", &hints, &list)
        guard outcome == 0 else {
            let reason = unsafe String(cString: gai_strerror(outcome))
            throw .unreachable("cannot find the host of \(url): \(reason)")
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [EndpointAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            // The list says how long each address is, and lives until the defer.
            let raw = unsafe UnsafeRawBufferPointer(
                start: entry.pointee.ai_addr,
                count: Int(entry.pointee.ai_addrlen)
            )
            addresses.append(EndpointAddress(bytes: unsafe Array(raw)))
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }

    /// AF_INET or AF_INET6.
    var family: Int32 { Int32(bytes[0]) | Int32(bytes[1]) << 8 }

    /// The 4 or 16 bytes of the address; 4 also of an IPv4 address in the clothes of IPv6.
    var number: ArraySlice<UInt8> {
        guard family == AF_INET6 else { return bytes[4..<8] }
        let number = bytes[8..<24]
        let isMapped = number.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        return isMapped ? number.suffix(4) : number
    }

    /// Whether it leads to this machine and never out of it: 127.0.0.0/8 or ::1.
    var isLoopback: Bool {
        number.count == 4
            ? number.first == 127
            : number.dropLast().allSatisfy { $0 == 0 } && number.last == 1
    }

    /// Whether it is one of its own network alone, where clouds keep what a machine may know of
    /// itself, keys included: 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 §2.5.6).
    var isLinkLocal: Bool {
        let first = Array(number.prefix(2))
        return number.count == 4
            ? first == [169, 254] : first[0] == 0xfe && first[1] & 0xc0 == 0x80
    }

    /// The address as people write it.
    package var text: String {
        var text = [CChar](repeating: 0, count: 64)
        let number = Array(number)
        let family = number.count == 4 ? AF_INET : AF_INET6
        // 64 characters hold every address, with a zero byte at the end.
        guard unsafe inet_ntop(family, number, &text, socklen_t(text.count)) != nil else {
            return "an unknown address"
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
