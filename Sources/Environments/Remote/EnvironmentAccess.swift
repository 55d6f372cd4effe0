/// Which endpoints jobs may have asked: those of this machine, and what the operator allows.
///
/// Whoever may start jobs makes the server ask a URL of theirs, also one that only the server
/// reaches. So the address that is connected to is what is checked, not the name that stands for it.
public struct EnvironmentAccess: Sendable {
    /// This machine's own endpoints alone.
    public static let loopback = EnvironmentAccess(prefixes: [])

    private let prefixes: [EndpointURL]

    private init(prefixes: [EndpointURL]) {
        self.prefixes = prefixes
    }

    /// Allows endpoints beside those of this machine.
    /// - Parameter prefixes: URLs, each of which allows all of its host and, where it names them,
    ///   its port and what is below its path.
    /// - Throws: What is wrong with the first that is none.
    public init(allowing prefixes: [String]) throws(EndpointURLFault) {
        var urls: [EndpointURL] = []
        for prefix in prefixes {
            urls.append(try EndpointURL(prefix))
        }
        self.prefixes = urls
    }

    /// Those of a URL's addresses that may be connected to.
    /// - Throws: Which option would allow one, where there is none.
    package func allowed(
        _ addresses: [EndpointAddress],
        of url: EndpointURL
    ) throws(EndpointFault) -> [EndpointAddress] {
        let isNamed = prefixes.contains { url.isWithin($0) }
        let allowed = addresses.filter { address in
            if address.isLoopback { return true }
            // A name may be pointed there by whoever owns it; the number can only be meant.
            if address.isLinkLocal { return isNamed && url.host == address.text }
            return isNamed
        }
        guard allowed.isEmpty, let first = addresses.first else { return allowed }
        let prefix =
            first.isLinkLocal
            ? "http://" + (first.text.contains(":") ? "[\(first.text)]" : first.text) : "\(url)"
        throw .notAllowed(
            "\(url) is at \(first.text), which is not this machine: the server must be started with "
                + "--allow-environment-url \(prefix)" + (first.isLinkLocal ? " and asked so" : "")
        )
    }
}
