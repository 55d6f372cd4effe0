internal import Glibc
internal import Synchronization

/// The files below one folder.
///
/// A path names a file by its segments and nothing else: the kernel is asked to leave the folder
/// under no circumstances, follows no symbolic link, and names that begin with a dot do not exist
/// here.
///
/// A page at the top of the folder names its files below `~VERSION/`, where they may be kept for
/// good, because the version is another one as soon as any file is: a page that is opened again
/// costs one request.
public final class StaticFiles: Sendable {
    /// A coded copy of a file, good for as long as the file has this tag.
    private struct Copy: Sendable {
        let tag: EntityTag
        let bytes: [UInt8]
    }

    private let folder: Descriptor
    private let headers: HTTPHeaders
    private let now: @Sendable () -> HTTPDate
    private let copies = Mutex<[String: Copy]>([:])
    /// The folder as it was in that second.
    private let looked = Mutex<(at: HTTPDate, version: FolderVersion)?>(nil)

    /// Files of these lengths are kept in memory in coded form, up to so many of them.
    private static let codedBytes = 1_024...(4 << 20)
    private static let copyLimit = 128

    /// What keeps a page of this server from loading, sending or being framed anywhere else.
    public static let pageHeaders: HTTPHeaders = [
        "Content-Security-Policy":
            "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    ]

    /// Opens the folder at `path`; nil where there is none.
    ///
    /// Every answer has the fields of `headers`; `now` is the time of day.
    public init?(
        folder path: String,
        headers: HTTPHeaders = StaticFiles.pageHeaders,
        now: @escaping @Sendable () -> HTTPDate = { .now }
    ) {
        let number = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        folder = Descriptor(number)
        self.headers = headers
        self.now = now
    }

    /// Answers a request for the file at `path` below the folder; a path that is empty or ends in
    /// a slash means the `index.html` there.
    /// - Throws: ``HTTPError`` with status 404, 412 or 416.
    public func respond(to request: HTTPRequest, path: String) throws(HTTPError) -> HTTPResponse {
        let (version, path) = Self.parts(path)
        guard let (file, name) = find(path) else { throw HTTPError.notFound }
        var description = FileDescription(
            contentType: MediaType.ofFile(named: name),
            headers: headers
        )
        let isKept = version != nil && version == currentVersion.text
        // Asking costs little, and a page is never older than its server.
        description.headers.append(
            .cacheControl,
            isKept ? "max-age=31536000, immutable" : "no-cache"
        )
        if version == nil, name.hasSuffix(".html"), !name.contains("/") {
            return try page(file, description, for: request)
        }
        guard MediaType.isCompressible(description.contentType) else {
            return try .file(file, description, for: request, now: now())
        }
        description.headers.vary(on: .acceptEncoding)
        let response = try HTTPResponse.file(file, description, for: request, now: now())
        guard response.status == .ok, Self.codedBytes.contains(file.sizeBytes),
            !request.headers.contains(.range),
            let accepted = request.headers.list(of: .acceptEncoding),
            let coding = ContentCoding.preferred(accepted),
            let coded = coded(file, name, coding)
        else { return response }
        var answer = response
        answer.headers[.contentEncoding] = coding.name
        answer.headers[.etag] = file.tag.coded(coding).description
        answer.headers["Accept-Ranges"] = nil
        answer.body = .bytes(coded)
        return answer
    }

    func contains(_ path: String) -> Bool {
        find(Self.parts(path).path) != nil
    }

    /// A page whose links to files beside it lead to this version of them.
    private func page(
        _ file: HTTPFile,
        _ description: FileDescription,
        for request: HTTPRequest
    ) throws(HTTPError) -> HTTPResponse {
        let version = currentVersion
        let tag = EntityTag("\(file.tag.opaque)-\(version.text)")
        var headers = description.headers
        headers.vary(on: .acceptEncoding)
        if var unchanged = try request.unchanged(tag, modified: version.modified, now: now()) {
            for (name, value) in headers.fields { unchanged.headers.append(name, value) }
            return unchanged
        }
        guard let bytes = file.read() else { throw HTTPError.notFound }
        var text = String(decoding: bytes, as: UTF8.self)
        for link in text.matches(of: /(?:href|src)="([^"#:~\/.][^"#:]*)"/).reversed()
        where find(String(link.output.1)) != nil {
            text.insert(contentsOf: "~\(version.text)/", at: link.output.1.startIndex)
        }
        headers.append("Content-Type", description.contentType)
        headers.append("ETag", tag.description)
        headers.append("Last-Modified", version.modified.text)
        return HTTPResponse(headers: headers, body: .bytes(Array(text.utf8)))
    }

    /// The version that the path names, and the file's path.
    private static func parts(_ path: String) -> (version: String?, path: String) {
        guard path.hasPrefix("~"), let slash = path.firstIndex(of: "/") else { return (nil, path) }
        return (
            String(path[..<slash].dropFirst()), String(path[path.index(after: slash)...])
        )
    }

    /// The folder as it is; it is looked at once a second at most.
    private var currentVersion: FolderVersion {
        let now = now()
        return looked.withLock { looked in
            if let looked, looked.at == now { return looked.version }
            let version = FolderVersion(of: folder)
            looked = (now, version)
            return version
        }
    }

    private func find(_ path: String) -> (file: HTTPFile, name: String)? {
        let name = path.isEmpty || path.hasSuffix("/") ? "\(path)index.html" : path
        guard
            !name.split(separator: "/", omittingEmptySubsequences: false)
                .contains(where: { $0.isEmpty || $0.hasPrefix(".") }),
            !name.utf8.contains(0),
            let file = HTTPFile(below: folder, path: name)
        else { return nil }
        return (file, name)
    }

    /// The file in a content coding; nil where that is not shorter.
    private func coded(_ file: HTTPFile, _ name: String, _ coding: ContentCoding) -> [UInt8]? {
        let key = "\(coding.name)/\(name)"
        if let copy = copies.withLock({ $0[key] }), copy.tag == file.tag { return copy.bytes }
        guard let bytes = file.read(), let coded = coding.deflate(bytes, level: 9),
            coded.count < bytes.count
        else { return nil }
        copies.withLock { copies in
            if copies.count >= Self.copyLimit { copies.removeAll() }
            copies[key] = Copy(tag: file.tag, bytes: coded)
        }
        return coded
    }
}

extension Router {
    /// Serves the files below a folder wherever no other route fits.
    public mutating func serve(_ files: StaticFiles) {
        on(.get, "/{path...}", bodyLimitBytes: 0) { request in
            try files.respond(to: request, path: request.parameters["path"])
        }
        declare("/{path...}", where: files.contains)
    }
}
