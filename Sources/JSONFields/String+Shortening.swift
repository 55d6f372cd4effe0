extension String {
    /// The text as a whole message is kept: what is beyond `limit` Unicode scalars is left out, shown by
    /// "…", so that no message is as long as what it complains of.
    public func shortened(to limit: Int) -> String {
        let scalars = unicodeScalars
        guard
            let end = scalars.index(
                scalars.startIndex,
                offsetBy: limit,
                limitedBy: scalars.endIndex
            ),
            end < scalars.endIndex
        else { return self }
        return String(scalars[..<end]) + "…"
    }
}
