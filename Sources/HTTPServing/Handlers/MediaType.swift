/// What is known about the media types of files and answers.
enum MediaType {
    /// By a file name's extension; bytes of no known kind are downloaded, not shown.
    static func ofFile(named name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return byExtension[name[name.index(after: dot)...].lowercased()]
            ?? "application/octet-stream"
    }

    /// Whether content of this type becomes much shorter by compressing it.
    static func isCompressible(_ type: String) -> Bool {
        let name = type.prefix { $0 != ";" && $0 != " " }.lowercased()
        // The pieces of an event stream must arrive one by one.
        return name != "text/event-stream"
            && (name.hasPrefix("text/") || name.hasSuffix("+json") || name.hasSuffix("+xml")
                || ["application/json", "application/javascript", "application/wasm"]
                    .contains(name))
    }

    private static let byExtension: [String: String] = [
        "cs": "text/plain; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "csv": "text/csv; charset=utf-8",
        "gd": "text/plain; charset=utf-8",
        "gif": "image/gif",
        "htm": "text/html; charset=utf-8",
        "html": "text/html; charset=utf-8",
        "ico": "image/vnd.microsoft.icon",
        "jpeg": "image/jpeg",
        "jpg": "image/jpeg",
        "js": "text/javascript; charset=utf-8",
        "json": "application/json",
        "map": "application/json",
        "md": "text/markdown; charset=utf-8",
        "mjs": "text/javascript; charset=utf-8",
        "pdf": "application/pdf",
        "png": "image/png",
        "py": "text/x-python; charset=utf-8",
        "svg": "image/svg+xml",
        "txt": "text/plain; charset=utf-8",
        "wasm": "application/wasm",
        "webmanifest": "application/manifest+json",
        "webp": "image/webp",
        "woff": "font/woff",
        "woff2": "font/woff2",
        "xml": "application/xml",
    ]
}
