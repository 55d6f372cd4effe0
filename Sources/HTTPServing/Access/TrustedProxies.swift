/// The proxies that are believed when they say for whom they ask.
struct TrustedProxies: Sendable {
    let ranges: [AddressRange]

    func contains(_ address: PeerAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }

    /// Who sent a request: the peer, or where that is a proxy the nearest address before it that is
    /// none, by `Forwarded` (RFC 7239) or `X-Forwarded-For`.
    ///
    /// The list is read from its end, since a client may have written its beginning. Where the part
    /// that counts is malformed, hidden or unknown, or the two fields tell different stories, the
    /// client is the peer: a proxy that sets one of the fields may hand on a forged other one.
    func client(of head: RequestHead, from peer: PeerAddress) -> PeerAddress {
        guard !ranges.isEmpty, contains(peer) else { return peer }
        let standard = head.fields.list(of: "Forwarded").map {
            nearestUntrusted(ForwardedHops.standard($0))
        }
        let common = head.fields.list(of: "X-Forwarded-For").map {
            nearestUntrusted(ForwardedHops.common($0))
        }
        switch (standard, common) {
        case (let standard?, let common?):
            return standard?.client == common?.client ? standard ?? peer : peer
        case (let client?, nil), (nil, let client?):
            return client ?? peer
        case (nil, nil):
            return peer
        }
    }

    /// The last hop that is no trusted proxy; where all are trusted, the first one of all.
    private func nearestUntrusted(_ hops: [PeerAddress?]) -> PeerAddress? {
        for hop in hops.reversed() {
            guard let hop else { return nil }
            if !contains(hop) { return hop }
        }
        return hops.first ?? nil
    }
}

/// The addresses that a request passed, nearest last; nil for what is no address.
enum ForwardedHops {
    /// Of a `Forwarded` list (RFC 7239 §4); empty where it is malformed.
    static func standard(_ list: String) -> [PeerAddress?] {
        guard let elements = Array(list.utf8)[...].split(outsideQuotes: UInt8(ascii: ",")) else {
            return []
        }
        return elements.filter { !$0.isEmpty }.map { element -> PeerAddress? in
            var hop: PeerAddress?
            for pair in element.split(outsideQuotes: UInt8(ascii: ";")) ?? [] where !pair.isEmpty {
                guard let mark = pair.firstIndex(of: UInt8(ascii: "=")),
                    let name = pair[..<mark].tokenOrQuotedText?.lowercased(),
                    let value = pair[(mark + 1)...].tokenOrQuotedText
                else { return nil }
                guard name == "for" else { continue }
                // RFC 7239 §4: each parameter at most once.
                guard hop == nil, let node = PeerAddress(node: value[...]) else { return nil }
                hop = node
            }
            return hop
        }
    }

    /// Of an `X-Forwarded-For` list.
    static func common(_ list: String) -> [PeerAddress?] {
        list.split(separator: ",", omittingEmptySubsequences: false).map { item in
            PeerAddress(node: item.drop { $0 == " " || $0 == "\t" }.trimmingSuffix())
        }
    }
}

extension Substring {
    fileprivate func trimmingSuffix() -> Substring {
        var text = self
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
