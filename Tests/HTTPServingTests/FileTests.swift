import Foundation
import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct FileTests {
    /// A folder of files that is removed afterwards.
    private func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    private static let digits = Array("0123456789".utf8)

    private func digitsApplication(_ folder: URL) throws -> HTTPApplication {
        let path = folder.appending(path: "digits.bin").path
        try Data(Self.digits).write(to: URL(filePath: path))
        return application { router in
            router.on(.get, "/file") { request in
                guard let file = HTTPFile(path: path) else { throw HTTPError.notFound }
                let description = FileDescription(
                    contentType: "application/octet-stream",
                    tag: EntityTag("abc"),
                    attachmentName: "модель \"1\".bin"
                )
                return try .file(file, description, for: request, now: .now)
            }
            router.on(.post, "/file") { request in
                guard let file = HTTPFile(path: path) else { throw HTTPError.notFound }
                return try .file(
                    file,
                    FileDescription(contentType: "a/b"),
                    for: request,
                    now: .now
                )
            }
        }
    }

    @Test(
        "a file's length is told to the last digit",
        arguments: [
            0, 9, 10, 99_999_999, 100_000_000, 100_000_705, 12_000_000_000,
            9_000_000_000_000,
        ]
    )
    func length(bytes: Int) async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "long.bin").path
            try Data().write(to: URL(filePath: path))
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.truncate(atOffset: UInt64(bytes))
            let app = application { router in
                router.on(.get, "/file") { request in
                    guard let file = HTTPFile(path: path) else { throw HTTPError.notFound }
                    let description = FileDescription(contentType: "a/b")
                    return try .file(file, description, for: request, now: .now)
                }
            }
            try await serving(app) { server in
                let port = server.port
                try await onThread {
                    let client = try RawClient(port: port)
                    client.send("HEAD /file HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    let response = try client.response(toHead: true)
                    #expect(response.fields["content-length"] == String(bytes))
                }
            }
        }
    }

    @Test("a range of a file")
    func ranges() async throws {
        try await withFolder { folder in
            let app = try digitsApplication(folder)
            for (range, status, body, contentRange) in [
                ("bytes=0-0", 206, "0", "bytes 0-0/10"), ("bytes=-5", 206, "56789", "bytes 5-9/10"),
                ("bytes=5-", 206, "56789", "bytes 5-9/10"),
                ("bytes=0-", 206, "0123456789", "bytes 0-9/10"),
                ("bytes=2-3", 206, "23", "bytes 2-3/10"),
                ("bytes=8-99", 206, "89", "bytes 8-9/10"),
                ("bytes=-99", 206, "0123456789", "bytes 0-9/10"),
                ("BYTES=1-1", 206, "1", "bytes 1-1/10"),
                ("bytes=0-99999999999999999999", 206, "0123456789", "bytes 0-9/10"),
                ("bytes=10-", 416, "", "bytes */10"), ("bytes=-0", 416, "", "bytes */10"),
                ("bytes=99999999999999999999-", 416, "", "bytes */10"),
                ("bytes=a-b", 200, "0123456789", nil), ("bytes=3-2", 200, "0123456789", nil),
                ("lines=0-1", 200, "0123456789", nil), ("bytes=0-1,4-5", 200, "0123456789", nil),
                ("bytes=+1-2", 200, "0123456789", nil), ("bytes=", 200, "0123456789", nil),
                ("bytes=-", 200, "0123456789", nil), ("0-1", 200, "0123456789", nil),
            ] {
                let response = await app.respond(to: .get, "/file", headers: ["Range": range])
                #expect(Int(response.status.code) == status, "\(range)")
                #expect(response.headers["Content-Range"] == contentRange, "\(range)")
                guard status != 416 else { continue }
                let bytes = try await response.body.collected()
                #expect(String(decoding: bytes, as: UTF8.self) == body, "\(range)")
            }
            let many = "bytes=" + Array(repeating: "0-9", count: 1_000).joined(separator: ",")
            #expect(await app.respond(to: .get, "/file", headers: ["Range": many]).status == .ok)
            for method in [HTTPMethod.head, .post] {
                let response = await app.respond(
                    to: method,
                    "/file",
                    headers: ["Range": "bytes=0-0"]
                )
                #expect(response.status == .ok)
            }
        }
    }

    @Test("a part is sent only to a client that has the rest of the same version")
    func ifRange() async throws {
        try await withFolder { folder in
            let app = try digitsApplication(folder)
            let whole = await app.respond(to: .get, "/file")
            let modified = try #require(whole.headers["Last-Modified"])
            for (condition, status) in [
                ("\"abc\"", HTTPStatus.partialContent), ("\"abd\"", .ok), ("W/\"abc\"", .ok),
                (modified, .partialContent), ("Sun, 06 Nov 1994 08:49:37 GMT", .ok), ("abc", .ok),
            ] {
                let headers: HTTPHeaders = ["Range": "bytes=1-2", "If-Range": condition]
                let response = await app.respond(to: .get, "/file", headers: headers)
                #expect(response.status == status, "\(condition)")
            }
            let known = await app.respond(to: .get, "/file", headers: ["If-None-Match": "\"abc\""])
            #expect(known.status == .notModified)
            #expect(known.headers["ETag"] == "\"abc\"")
        }
    }

    @Test("a file's name is given in full and in ASCII")
    func attachment() async throws {
        try await withFolder { folder in
            let app = try digitsApplication(folder)
            let response = await app.respond(to: .get, "/file")
            #expect(
                response.headers["Content-Disposition"]
                    == "attachment; filename=\"____________ _1_.bin\"; "
                    + "filename*=UTF-8''%D0%BC%D0%BE%D0%B4%D0%B5%D0%BB%D1%8C%20%221%22.bin"
            )
        }
    }

    @Test("a large file is sent whole over a socket, and a part of it, and its header alone")
    func sendfile() async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "large.bin").path
            let content = (0..<3_000_000).map {
                UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13)
            }
            try Data(content).write(to: URL(filePath: path))
            let app = application { router in
                router.on(.get, "/") { request in
                    guard let file = HTTPFile(path: path) else { throw HTTPError.notFound }
                    return try .file(
                        file,
                        FileDescription(contentType: "a/b"),
                        for: request,
                        now: .now
                    )
                }
            }
            try await serving(app) { server in
                let port = server.port
                try await onThread {
                    let client = try RawClient(port: port)
                    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    #expect(try client.response().body == content)
                    client.send(
                        "GET / HTTP/1.1\r\nHost: localhost\r\nRange: bytes=1000000-1999999\r\n\r\n"
                    )
                    #expect(try client.response().body == Array(content[1_000_000..<2_000_000]))
                    client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    let head = try client.response(toHead: true)
                    #expect(head.fields["content-length"] == "3000000")
                    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-0\r\n\r\n")
                    #expect(try client.response().body == Array(content[..<1]))
                }
            }
        }
    }

    @Test("a folder's files are served, and nothing besides them")
    func staticFiles() async throws {
        try await withFolder { parent in
            let folder = parent.appending(path: "Public")
            let manager = FileManager.default
            try manager.createDirectory(
                at: folder.appending(path: "assets"),
                withIntermediateDirectories: true
            )
            try manager.createDirectory(
                at: folder.appending(path: ".git"),
                withIntermediateDirectories: true
            )
            let page = "<!doctype html>" + String(repeating: "<p>hello</p>", count: 500)
            for (path, text) in [
                ("Public/index.html", page), ("Public/assets/app.js", "1"),
                ("Public/.env", "secret"),
                ("Public/.git/config", "secret"), ("secret.txt", "secret"),
                ("Public/data", "bytes"),
            ] {
                try Data(text.utf8).write(to: parent.appending(path: path))
            }
            for (link, target) in [("out", "../secret.txt"), ("up", ".."), ("in", "index.html")] {
                try manager.createSymbolicLink(
                    atPath: folder.appending(path: link).path,
                    withDestinationPath: target
                )
            }
            let files = try #require(StaticFiles(folder: folder.path))
            let app = application { $0.serve(files) }
            let index = await app.respond(to: .get, "/")
            #expect(index.status == .ok)
            #expect(index.headers["Content-Type"] == "text/html; charset=utf-8")
            #expect(
                index.headers["Content-Security-Policy"]?.contains("default-src 'self'") == true
            )
            #expect(index.headers["X-Content-Type-Options"] == "nosniff")
            #expect(index.headers["Vary"] == "Accept-Encoding")
            #expect(String(decoding: try await index.body.collected(), as: UTF8.self) == page)
            #expect(
                await app.respond(to: .get, "/assets/app.js").headers["Content-Type"]
                    == "text/javascript; charset=utf-8"
            )
            #expect(
                await app.respond(to: .get, "/data").headers["Content-Type"]
                    == "application/octet-stream"
            )
            for path in [
                "/.env", "/.git/config", "/out", "/up/secret.txt", "/in", "/assets", "/assets/",
                "/index.html/", "/nothing", "/assets%5c..%5c..%5csecret.txt", "//index.html",
            ] {
                #expect(await app.respond(to: .get, path).status == .notFound, "\(path)")
            }
            for method in [HTTPMethod.post, .put, .patch, .delete, .trace] {
                for path in ["/", "/index.html", "/assets/app.js"] {
                    let write = await app.respond(to: method, path, body: [1, 2, 3])
                    #expect(write.status == .methodNotAllowed, "\(method) \(path)")
                    #expect(write.headers["Allow"] == "GET, HEAD, OPTIONS")
                }
                for path in ["/nothing", "/.env", "/out", "/assets"] {
                    let write = await app.respond(to: method, path)
                    #expect(write.status == .notFound, "\(method) \(path)")
                }
            }
            #expect(index.headers["Cache-Control"] == "no-cache")
            // What is sent compressed is another representation, with a tag of its own.
            let coded = await app.respond(to: .get, "/", headers: ["Accept-Encoding": "gzip"])
            #expect(coded.headers["Content-Encoding"] == "gzip")
            #expect(try await coded.body.collected().count < 200)
            let tag = try #require(coded.headers["ETag"])
            #expect(tag != index.headers["ETag"])
            let again = await app.respond(
                to: .get,
                "/",
                headers: ["Accept-Encoding": "gzip", "If-None-Match": tag]
            )
            #expect(again.status == .notModified)
            #expect(again.headers["ETag"] == tag)
        }
    }
}
