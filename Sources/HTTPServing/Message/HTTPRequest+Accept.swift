extension HTTPRequest {
    /// The media type that the client likes best of those that can be had (RFC 9110 §12.5.1).
    ///
    /// For each type the most specific range that it falls in counts, so that
    /// `text/*, text/csv;q=0` takes all text but CSV. Of types that are liked equally the one goes
    /// first that the client names more exactly, then the one that stands first in `offers`. Types
    /// of ranges with parameters are told by their name: there is one form of each.
    /// - Parameter offers: Types in lower case and without parameters.
    /// - Returns: The first offer where the client accepts anything; nil where it accepts none.
    public func preferredMediaType(among offers: [String]) -> String? {
        let accepted = WeightedItems(headers.list(of: "Accept") ?? "")
        guard !accepted.items.isEmpty else { return offers.first }
        var best: (offer: String, weight: Int, exactness: Int)?
        for offer in offers {
            guard let (weight, exactness) = accepted.verdict(on: offer), weight > 0 else {
                continue
            }
            if let best, (best.weight, best.exactness) >= (weight, exactness) { continue }
            best = (offer, weight, exactness)
        }
        return best?.offer
    }
}

extension WeightedItems {
    /// How much a media type is liked, and how exactly the range says so that decides.
    fileprivate func verdict(on type: String) -> (weight: Int, exactness: Int)? {
        let allOfKind = "\(type.prefix { $0 != "/" })/*"
        return items.compactMap { item -> (weight: Int, exactness: Int)? in
            switch item.name {
            case type: (item.weight, item.hasParameters ? 3 : 2)
            case allOfKind: (item.weight, 1)
            case "*/*": (item.weight, 0)
            default: nil
            }
        }
        .max { ($0.exactness, $0.weight) < ($1.exactness, $1.weight) }
    }
}
